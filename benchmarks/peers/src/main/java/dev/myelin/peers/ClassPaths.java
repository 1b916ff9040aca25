package dev.myelin.peers;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command line of a library's process. */
final class ClassPaths {
  private ClassPaths() {}

  /** The same flags for everybody. */
  static List<String> command(Peer peer, int threads) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx2g", "-XX:+UseParallelGC", "--add-modules=jdk.incubator.vector"));
    command.addAll(List.of("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"));
    command.add("-Dai.djl.pytorch.num_threads=" + threads);
    if (Runtime.version().feature() >= 24) {
      command.add("--enable-native-access=ALL-UNNAMED");
    }
    command.addAll(List.of("-cp", classPath(peer), PeerProcess.class.getName()));
    command.addAll(List.of(peer.name(), String.valueOf(threads)));
    return command;
  }

  /** DL4J's own natives shadow the newer ones that the other peers use. */
  private static String classPath(Peer peer) throws IOException {
    Path target = target();
    List<String> entries = new ArrayList<>();
    entries.add(target.resolve("classes").toString());
    if (peer == Peer.DL4J) {
      entries.addAll(jars(target.resolve("lib-dl4j"), false));
    }
    entries.addAll(jars(target.resolve("lib"), peer == Peer.DL4J));
    return String.join(":", entries);
  }

  private static List<String> jars(Path folder, boolean isWithoutBytedeco) throws IOException {
    List<String> jars = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.jar")) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        boolean isBytedeco = name.matches("(javacpp|openblas|mkl)-.*");
        if (!(isWithoutBytedeco && isBytedeco)) {
          jars.add(file.toString());
        }
      }
    }
    return jars;
  }

  /** What the build made; the repository's folder is where a run is started. */
  static Path target() {
    return Path.of(System.getProperty("peers.target", "benchmarks/peers/target")).toAbsolutePath();
  }
}
