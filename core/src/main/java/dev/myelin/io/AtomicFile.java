package dev.myelin.io;

import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.util.UUID;

/** Writes files whole or not at all, however the program ends. */
public final class AtomicFile {
  private static final String TEMPORARY_PREFIX = ".myelin-";
  private static final String TEMPORARY_SUFFIX = ".tmp";

  /** Linux follows as many. */
  private static final int MAX_LINKS = 40;

  private AtomicFile() {}

  /** Writes the content of a file. */
  @FunctionalInterface
  public interface WriteAction {
    /** Writes all bytes to a buffered stream and leaves it open. */
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * Creates or replaces a file: at every moment it holds all of its old content (or does not exist)
   * or all of the new.
   *
   * <p>The content goes to a new file {@code .myelin-*.tmp} in the same directory, is forced to the
   * disk and renamed over the target; the directory is forced too where the system can do that. If
   * anything fails, the action included, that file is deleted and the target is as it was. Only a
   * process that is killed leaves it behind, for {@link #deleteLeftovers}. A replaced file passes
   * its POSIX permissions on.
   *
   * <p>Where the target is a symbolic link, the file that it points to is replaced and the link
   * stays. An interrupt of the thread does not stop the writing.
   *
   * @throws UncheckedIOException naming the target and the reason: its directory is missing or not
   *     writable, it is a directory, a device or write-protected, the disk is full, ...; what else
   *     the action throws passes through
   */
  public static void write(Path target, WriteAction action) {
    try {
      Path file = followLinks(target);
      requireReplaceable(file);
      replace(file, action);
    } catch (IOException cause) {
      throw new UncheckedIOException(
          "cannot write " + target + ": " + reason(cause) + ". Nothing was changed.", cause);
    }
  }

  /**
   * Deletes the temporary files that killed processes have left in a directory, of targets whose
   * names begin so. The caller knows that nobody is writing such a file there at the moment.
   *
   * @param targetBeginning letters only, at most 20
   * @throws UncheckedIOException naming the directory and the reason
   */
  public static void deleteLeftovers(Path directory, String targetBeginning) {
    String pattern = TEMPORARY_PREFIX + targetBeginning + "-*" + TEMPORARY_SUFFIX;
    try (DirectoryStream<Path> leftovers = Files.newDirectoryStream(directory, pattern)) {
      for (Path leftover : leftovers) {
        Files.deleteIfExists(leftover);
      }
    } catch (IOException cause) {
      throw new UncheckedIOException(
          "cannot tidy up " + directory + ": " + reason(cause) + ".", cause);
    }
  }

  /** Why an operation on a file failed, in words; the JDK's messages often are the path alone. */
  public static String reason(IOException failure) {
    if (failure instanceof NoSuchFileException missing) {
      return missing.getFile() + " does not exist";
    }
    if (failure instanceof AccessDeniedException denied) {
      return "no permission for " + denied.getFile();
    }
    if (failure instanceof NotDirectoryException other) {
      return other.getFile() + " is not a directory";
    }
    return failure.getMessage() == null ? failure.toString() : failure.getMessage();
  }

  /** Unlike {@link Path#toRealPath} this takes a link to a file that does not exist yet. */
  private static Path followLinks(Path target) throws IOException {
    Path file = target.toAbsolutePath();
    for (int links = 0; Files.isSymbolicLink(file); links++) {
      if (links == MAX_LINKS) {
        throw new FileSystemLoopException(
            "more than " + MAX_LINKS + " symbolic links point to each other");
      }
      file = file.resolveSibling(Files.readSymbolicLink(file));
    }
    return file;
  }

  private static void requireReplaceable(Path file) throws IOException {
    Path directory = file.getParent();
    if (directory == null || Files.isDirectory(file)) {
      throw new FileSystemException(file + " is a directory");
    }
    if (!Files.exists(directory)) {
      throw new FileSystemException("the directory " + directory + " does not exist");
    }
    if (!Files.isDirectory(directory)) {
      throw new NotDirectoryException(directory.toString());
    }
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      // Renaming over /dev/null would replace it.
      throw new FileSystemException(file + " is not a regular file");
    }
    if (Files.exists(file) && !Files.isWritable(file)) {
      throw new FileSystemException(file + " is write-protected");
    }
  }

  private static void replace(Path file, WriteAction action) throws IOException {
    Path directory = file.getParent();
    // Not Files.createTempFile: no one but the owner may read its files.
    Path temporary = directory.resolve(temporaryName(file));
    createIn(directory, temporary);
    try {
      writeThrough(temporary, action);
      copyPermissions(file, temporary);
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (Throwable failure) {
      deleteAfter(failure, temporary);
      throw failure;
    }
    forceDirectory(directory);
  }

  /** Short, since the target's name may be as long as names can be. */
  private static String temporaryName(Path file) {
    String letters = file.getFileName().toString().replaceFirst("(?s)[^A-Za-z].*", "");
    String beginning = letters.substring(0, Math.min(20, letters.length()));
    return TEMPORARY_PREFIX + beginning + "-" + UUID.randomUUID() + TEMPORARY_SUFFIX;
  }

  private static void createIn(Path directory, Path temporary) throws IOException {
    try {
      Files.createFile(temporary);
    } catch (AccessDeniedException denied) {
      // Name what the user knows and can change, not a file that never was.
      var failure = new FileSystemException("no permission to create files in " + directory);
      failure.initCause(denied);
      throw failure;
    }
  }

  private static void writeThrough(Path temporary, WriteAction action) throws IOException {
    // Not a channel: an interrupt would close it, and with it lose a last checkpoint.
    try (FileOutputStream file = new FileOutputStream(temporary.toFile());
        OutputStream out = new BufferedOutputStream(file)) {
      action.writeTo(out);
      out.flush();
      file.getFD().sync();
    }
  }

  private static void copyPermissions(Path from, Path to) throws IOException {
    var view = Files.getFileAttributeView(from, PosixFileAttributeView.class);
    if (view != null && Files.exists(from)) {
      Files.setPosixFilePermissions(to, view.readAttributes().permissions());
    }
  }

  private static void deleteAfter(Throwable failure, Path temporary) {
    try {
      Files.deleteIfExists(temporary);
    } catch (IOException alsoFailed) {
      failure.addSuppressed(alsoFailed);
    }
  }

  /** Makes the new name survive a power failure; the file is whole without it. */
  private static void forceDirectory(Path directory) {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException unsupported) {
      // Windows opens no directories and some network file systems cannot force them: there the
      // system decides when the name reaches the disk. The file itself is written.
    }
  }
}
