package podium.peers.sentinel;

import com.alibaba.csp.sentinel.datasource.FileRefreshableDataSource;
import com.alibaba.csp.sentinel.datasource.FileWritableDataSource;
import com.alibaba.csp.sentinel.slots.block.flow.FlowRule;
import com.alibaba.csp.sentinel.slots.block.flow.FlowRuleManager;
import com.alibaba.csp.sentinel.transport.util.WritableDataSourceRegistry;
import com.alibaba.fastjson.JSON;
import com.alibaba.fastjson.TypeReference;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Flow rules in a file: what is written there counts within three seconds, and what the command centre sets is written there. */
final class RuleFiles {
  private RuleFiles() {}

  static void follow(Path folder) {
    File file = folder.resolve("flow.json").toFile();
    try {
      if (!file.exists()) Files.writeString(file.toPath(), "[]");
      FlowRuleManager.register2Property(
          new FileRefreshableDataSource<List<FlowRule>>(
                  file, text -> JSON.parseObject(text, new TypeReference<List<FlowRule>>() {}))
              .getProperty());
      WritableDataSourceRegistry.registerFlowDataSource(
          new FileWritableDataSource<List<FlowRule>>(file, JSON::toJSONString));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
