package podium.peers.sentinel;

import com.alibaba.csp.sentinel.Entry;
import com.alibaba.csp.sentinel.EntryType;
import com.alibaba.csp.sentinel.SphU;
import com.alibaba.csp.sentinel.Tracer;
import com.alibaba.csp.sentinel.context.ContextUtil;
import com.alibaba.csp.sentinel.init.InitExecutor;
import com.alibaba.csp.sentinel.slots.block.BlockException;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Executors;

/**
 * A service whose requests and whose calls of another service are Sentinel's resources. Properties: podium.address, podium.port,
 * podium.calls (where the other service is; without it there is none), podium.rules (a folder from which flow rules are read
 * and to which they are written; without it they live in memory).
 */
public final class Program {
  private static final HttpClient client =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
  private static final String instance = System.getProperty("podium.instance", "one");
  private static final String calls = System.getProperty("podium.calls", "");

  public static void main(String[] args) throws IOException {
    // Begun at once: by itself Sentinel opens its command centre only at the first request.
    InitExecutor.doInit();
    String rules = System.getProperty("podium.rules", "");
    if (!rules.isEmpty()) RuleFiles.follow(Path.of(rules));
    HttpServer server =
        HttpServer.create(
            new InetSocketAddress(
                System.getProperty("podium.address", "127.0.0.1"), Integer.getInteger("podium.port", 8080)),
            64);
    server.setExecutor(Executors.newFixedThreadPool(8));
    server.createContext("/healthz", exchange -> answer(exchange, 200, "{}"));
    server.createContext("/order", exchange -> guarded(exchange, "/order", Program::order));
    server.createContext("/pay", exchange -> guarded(exchange, "/pay", Program::pay));
    server.createContext("/stock", exchange -> guarded(exchange, "/stock", Program::stock));
    server.start();
  }

  private interface Work {
    String run(HttpExchange exchange) throws IOException, InterruptedException;
  }

  /** Runs as a resource of its own; a request that Sentinel blocks gets 429. */
  private static void guarded(HttpExchange exchange, String resource, Work work) throws IOException {
    String origin = exchange.getRequestHeaders().getFirst("X-Caller");
    ContextUtil.enter("web", origin == null ? "" : origin);
    try (Entry entry = SphU.entry(resource, EntryType.IN)) {
      try {
        answer(exchange, 200, work.run(exchange));
      } catch (IOException | InterruptedException failure) {
        Tracer.traceEntry(failure, entry);
        answer(exchange, 500, "{\"error\":\"" + failure.getClass().getSimpleName() + "\"}");
      }
    } catch (BlockException blocked) {
      answer(exchange, 429, "{\"blocked\":\"" + blocked.getClass().getSimpleName() + "\"}");
    } finally {
      ContextUtil.exit();
    }
  }

  /** Calls payment; where that is blocked, the order is taken and says so. */
  private static String order(HttpExchange exchange) throws IOException, InterruptedException {
    if (calls.isEmpty()) return "{\"instance\":\"" + instance + "\"}";
    String payment;
    try (Entry entry = SphU.entry("payment", EntryType.OUT)) {
      try {
        HttpResponse<String> paid =
            client.send(
                HttpRequest.newBuilder(URI.create(calls + "/pay"))
                    .timeout(Duration.ofSeconds(2))
                    .header("X-Caller", System.getProperty("project.name", ""))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
        payment =
            paid.statusCode() == 200
                ? paid.body()
                : "{\"refused\":" + paid.statusCode() + ",\"said\":" + paid.body() + "}";
      } catch (IOException | InterruptedException failure) {
        Tracer.traceEntry(failure, entry);
        throw failure;
      }
    } catch (BlockException blocked) {
      payment = "{\"fallback\":true,\"blocked\":\"" + blocked.getClass().getSimpleName() + "\"}";
    }
    return "{\"instance\":\"" + instance + "\",\"payment\":" + payment + "}";
  }

  /** Pays; fails when it is asked to, so that exceptions are counted. */
  private static String pay(HttpExchange exchange) throws IOException {
    if ("fail".equals(exchange.getRequestURI().getQuery())) throw new IOException("as asked");
    return "{\"instance\":\"" + instance + "\",\"paid\":true}";
  }

  private static String stock(HttpExchange exchange) {
    return "{\"instance\":\"" + instance + "\",\"stock\":7}";
  }

  private static void answer(HttpExchange exchange, int status, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    try (OutputStream body = exchange.getResponseBody()) {
      body.write(bytes);
    }
  }
}
