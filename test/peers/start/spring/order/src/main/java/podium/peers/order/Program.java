package podium.peers.order;

import io.github.resilience4j.circuitbreaker.annotation.CircuitBreaker;
import java.util.Map;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.restclient.autoconfigure.RestClientBuilderConfigurer;
import org.springframework.cloud.client.loadbalancer.LoadBalanced;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.stereotype.Service;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;

@SpringBootApplication
public class Program {
  public static void main(String[] args) {
    SpringApplication.run(Program.class, args);
  }

  /** Eureka's own client takes the plain one: with a balanced one it would ask Eureka where Eureka is. */
  @Configuration
  static class Clients {
    @Bean
    @Primary
    RestClient.Builder plain(RestClientBuilderConfigurer configurer) {
      return configurer.configure(RestClient.builder());
    }

    @Bean
    @LoadBalanced
    RestClient.Builder balanced(RestClientBuilderConfigurer configurer) {
      return configurer.configure(RestClient.builder());
    }
  }

  @Service
  public static class Callees {
    private final RestClient client;

    Callees(@Qualifier("balanced") RestClient.Builder builder) {
      client = builder.build();
    }

    @CircuitBreaker(name = "payment", fallbackMethod = "unpaid")
    public Map<?, ?> pay(String id) {
      return client.get().uri("http://payment/pay/{id}", id).retrieve().body(Map.class);
    }

    public Map<?, ?> unpaid(String id, Throwable cause) {
      return Map.of("fallback", true, "cause", cause.getClass().getSimpleName());
    }

    /** Its breaker has no settings, so that it exists only once it was called. */
    @CircuitBreaker(name = "stock", fallbackMethod = "unknown")
    public Map<?, ?> stock() {
      return Map.of("left", 7);
    }

    public Map<?, ?> unknown(Throwable cause) {
      return Map.of("fallback", true);
    }
  }

  @RestController
  public static class Orders {
    private final Callees callees;

    @Value("${shop.instance:order}")
    String instance;

    Orders(Callees callees) {
      this.callees = callees;
    }

    @GetMapping("/order/{id}")
    public Map<String, Object> order(@PathVariable("id") String id) {
      return Map.of("order", id, "instance", instance, "payment", callees.pay(id));
    }

    @GetMapping("/stock")
    public Map<?, ?> stock() {
      return callees.stock();
    }
  }
}
