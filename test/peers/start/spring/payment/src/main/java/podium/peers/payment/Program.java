package podium.peers.payment;

import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.cloud.context.config.annotation.RefreshScope;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

@SpringBootApplication
public class Program {
  public static void main(String[] args) {
    SpringApplication.run(Program.class, args);
  }

  /** Pays, or fails as often as its configuration says; a refresh gives it another configuration. */
  @RestController
  @RefreshScope
  public static class Payments {
    @Value("${shop.version:v1}")
    String version;

    @Value("${shop.instance:payment}")
    String instance;

    @Value("${payment.fail-ratio:0}")
    double failRatio;

    @Value("${payment.greeting:none}")
    String greeting;

    @GetMapping("/pay/{id}")
    public ResponseEntity<Map<String, Object>> pay(@PathVariable("id") String id) {
      if (ThreadLocalRandom.current().nextDouble() < failRatio)
        return ResponseEntity.status(500).body(Map.of("instance", instance, "error", "as configured"));
      return ResponseEntity.ok(
          Map.of("id", id, "version", version, "instance", instance, "greeting", greeting));
    }
  }
}
