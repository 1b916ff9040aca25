package dev.myelin.kernels;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Lets JOCL and JCuda load the native libraries in their jars from a folder that nobody else can
 * write to.
 *
 * <p>Both unpack theirs to a fixed name in the folder {@code java.io.tmpdir}, and load what has
 * that name already without looking at it: where others write to that folder as well, that may be
 * somebody else's code. So the library is unpacked here, to a new folder of this user alone; its
 * checksum is compared with the one that Myelin was built with; and {@code java.io.tmpdir} names
 * that folder for as long as the binding takes to load it. Other threads that make a temporary file
 * in that moment may find it gone with the folder; the JDK's own {@code Files} and {@code File}
 * keep the name that they began with.
 */
public final class NativeUnpacking {
  /** What a user can do where a library cannot be unpacked or loaded. */
  public static final String REMEDY =
      "Name a folder with space that programs may be run from (not mounted noexec):"
          + " -Djava.io.tmpdir=FOLDER";

  static final String PREFIX = "myelin-natives-";
  private static final String TEMPORARY_FOLDER = "java.io.tmpdir";

  /** Long enough for any process to have loaded what it unpacked. */
  private static final Duration LEFT_BEHIND = Duration.ofDays(1);

  private NativeUnpacking() {}

  /**
   * Has a binding load its library.
   *
   * @param binding a class of the binding's jar; it is not initialized here
   * @param checksums lines of {@code sha256sum}: 64 hexadecimal digits, two spaces, the library's
   *     name in the jar, for each system that the jar has a library for
   * @param firstUse what makes the binding load it
   * @throws IOException when the library cannot be unpacked, or is not the one of the checksum; the
   *     message names file and folder
   */
  public static void load(Class<?> binding, InputStream checksums, Runnable firstUse)
      throws IOException {
    String system = systemPart(System.getProperty("os.name"), System.getProperty("os.arch"));
    load(binding, checksums, system, firstUse);
  }

  static synchronized void load(
      Class<?> binding, InputStream checksums, String system, Runnable firstUse)
      throws IOException {
    String before = System.getProperty(TEMPORARY_FOLDER);
    Path folder = createFolder(before);
    try {
      deleteLeftBehind(folder, Instant.now().minus(LEFT_BEHIND));
      for (Map.Entry<String, String> library : forSystem(system, checksums).entrySet()) {
        unpack(binding, library.getKey(), library.getValue(), folder);
      }
      System.setProperty(TEMPORARY_FOLDER, folder.toString());
      try {
        firstUse.run();
      } finally {
        System.setProperty(TEMPORARY_FOLDER, before);
      }
    } finally {
      delete(folder);
    }
  }

  private static Path createFolder(String temporaryFolder) throws IOException {
    try {
      return Files.createTempDirectory(Path.of(temporaryFolder), PREFIX); // drwx------
    } catch (IOException failure) {
      throw new IOException(
          "cannot make a folder in " + temporaryFolder + ": " + reason(failure), failure);
    }
  }

  private static void unpack(Class<?> binding, String name, String checksum, Path folder)
      throws IOException {
    byte[] library;
    try (InputStream in = binding.getResourceAsStream("/" + name)) {
      if (in == null) {
        return; // the jar for another system only; the binding says so better
      }
      library = in.readAllBytes();
    }
    String found = HexFormat.of().formatHex(sha256().digest(library));
    if (!found.equals(checksum)) {
      throw new IOException(
          String.format(
              "%s is not the file that this Myelin was built with: its SHA-256 is %s, not %s",
              binding.getResource("/" + name), found, checksum));
    }
    Path file = folder.resolve(Path.of(name).getFileName());
    try {
      Files.write(file, library);
    } catch (IOException failure) {
      throw new IOException("cannot unpack " + file + ": " + reason(failure), failure);
    }
  }

  /** Files' exceptions often say the file's name and nothing else. */
  private static String reason(IOException failure) {
    return failure.getClass().getSimpleName() + " " + failure.getMessage();
  }

  /** Checksums by name, of the libraries for an operating system and instruction set. */
  private static Map<String, String> forSystem(String system, InputStream checksums)
      throws IOException {
    Map<String, String> found = new LinkedHashMap<>();
    String text = new String(checksums.readAllBytes(), StandardCharsets.US_ASCII);
    for (String line : text.split("\n", -1)) {
      if (line.contains(system)) {
        String[] words = line.split(" +", -1);
        found.put(words[1], words[0]);
      }
    }
    return found;
  }

  /** As both bindings name it in their libraries' names: "linux-x86_64". */
  static String systemPart(String osName, String osArch) {
    String name = osName.toLowerCase(Locale.ROOT);
    String os = name.startsWith("mac") ? "apple" : name.startsWith("windows") ? "windows" : name;
    String arch =
        switch (osArch) {
          case "amd64" -> "x86_64";
          case "aarch64" -> "arm64";
          default -> osArch;
        };
    return os + "-" + arch;
  }

  /**
   * Where a library in use cannot be deleted, as on Windows, its folder stays until a later process
   * comes by here.
   *
   * @param own this process's folder; those of the same owner beside it are looked at
   */
  static void deleteLeftBehind(Path own, Instant lastUsed) {
    Path temporaryFolder = own.getParent();
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(temporaryFolder, PREFIX + "*")) {
      UserPrincipal owner = Files.getOwner(own);
      for (Path folder : folders) {
        if (isOwnedBy(owner, folder) && lastModified(folder).isBefore(lastUsed)) {
          delete(folder);
        }
      }
    } catch (IOException | DirectoryIteratorException notToBeRead) {
      // What is left behind costs room, and nothing else.
    }
  }

  /** Others may have put a link of that name to a folder of this user's there. */
  private static boolean isOwnedBy(UserPrincipal owner, Path folder) throws IOException {
    return Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
        && Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS).equals(owner);
  }

  private static Instant lastModified(Path folder) throws IOException {
    return Files.getLastModifiedTime(folder, LinkOption.NOFOLLOW_LINKS).toInstant();
  }

  private static void delete(Path folder) {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        Files.delete(file);
      }
      Files.delete(folder);
    } catch (IOException | DirectoryIteratorException inUse) {
      // See deleteLeftBehind; on other systems a file is free to go once it is loaded.
    }
  }

  /**
   * The bindings' messages are two stack traces long; what the system's loader said at the last
   * attempt is one line of it.
   */
  public static String lastError(String problem) {
    String prefix = UnsatisfiedLinkError.class.getName() + ": ";
    return problem
        .lines()
        .filter(line -> line.startsWith(prefix))
        .reduce((first, second) -> second)
        .map(line -> line.substring(prefix.length()))
        .orElse(problem.lines().findFirst().orElse(""));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new AssertionError("every Java platform has SHA-256", impossible);
    }
  }
}
