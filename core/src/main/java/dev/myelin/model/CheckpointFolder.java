package dev.myelin.model;

import dev.myelin.io.AtomicFile;
import dev.myelin.io.InvalidModelException;
import dev.myelin.nn.Checkpoint;
import dev.myelin.nn.CheckpointStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * The checkpoints of one run in a folder: files {@code checkpoint-STEP.safetensors}, each written
 * whole or not at all, of which the newest two are kept; should the newest be damaged, the other
 * one is read. While a folder is open no other process can open it, nor this one again; it belongs
 * to one run, and so to one thread at a time.
 */
public final class CheckpointFolder implements CheckpointStore, AutoCloseable {
  private static final String BEGINNING = "checkpoint";
  private static final String ENDING = ".safetensors";
  private static final String FILES = BEGINNING + "-" + "[0-9]".repeat(10) + ENDING;
  private static final String LOCK = "checkpoints.lock";

  /** Far behind the owner's number, which others are to read: on Windows what is locked is not. */
  private static final long LOCKED_BYTE = Long.MAX_VALUE - 1;

  private static final int MAX_OWNER_BYTES = 20;

  /**
   * Folders that this process has open. A second channel to the lock's file must not even be
   * opened: closing it would give the first one's lock away (POSIX).
   */
  private static final Set<Path> OPEN = ConcurrentHashMap.newKeySet();

  private final Path directory;
  private final Consumer<String> notes;
  private final FileChannel lockFile;

  /** Its place in {@link #OPEN}. */
  private final Path opened;

  /** What {@link #newest} has passed over: the first to go. */
  private final Set<Path> damaged = new HashSet<>();

  private CheckpointFolder(
      Path directory, Consumer<String> notes, FileChannel lockFile, Path opened) {
    this.opened = opened;
    this.directory = directory;
    this.notes = notes;
    this.lockFile = lockFile;
  }

  /**
   * Opens a folder, makes it if it does not exist, and removes what killed processes left half
   * written.
   *
   * @param notes hears of damaged checkpoints, in a sentence each
   * @throws UncheckedIOException when the folder cannot be made or written to, or another process
   *     has it open, which the message names
   */
  public static CheckpointFolder open(Path directory, Consumer<String> notes) {
    FileChannel lockFile = null;
    Path opened = null;
    try {
      Files.createDirectories(directory);
      Path real = directory.toRealPath();
      if (!OPEN.add(real)) {
        throw inUse(Long.toString(ProcessHandle.current().pid()));
      }
      opened = real;
      lockFile =
          FileChannel.open(
              directory.resolve(LOCK),
              StandardOpenOption.CREATE,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE);
      lock(lockFile);
      AtomicFile.deleteLeftovers(directory, BEGINNING);
      return new CheckpointFolder(directory, notes, lockFile, real);
    } catch (IOException cause) {
      giveUp(lockFile, opened, cause);
      throw new UncheckedIOException(
          "cannot keep checkpoints in " + directory + ": " + AtomicFile.reason(cause), cause);
    } catch (UncheckedIOException failure) {
      giveUp(lockFile, opened, failure);
      throw failure;
    }
  }

  private static void lock(FileChannel file) throws IOException {
    FileLock lock;
    try {
      lock = file.tryLock(LOCKED_BYTE, 1, false);
    } catch (OverlappingFileLockException sameProcess) {
      lock = null;
    }
    if (lock == null) {
      throw inUse(owner(file));
    }
    byte[] owner = Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII);
    file.truncate(0);
    file.write(ByteBuffer.wrap(owner), 0);
  }

  private static IOException inUse(String owner) {
    return new IOException(
        "another training uses this folder (process "
            + owner
            + "); wait for its end, or give another folder");
  }

  private static String owner(FileChannel file) throws IOException {
    ByteBuffer owner = ByteBuffer.allocate(MAX_OWNER_BYTES);
    file.read(owner, 0);
    return new String(owner.array(), 0, owner.position(), StandardCharsets.US_ASCII);
  }

  private static void giveUp(FileChannel file, Path opened, Exception because) {
    if (opened != null) {
      OPEN.remove(opened);
    }
    if (file != null) {
      try {
        file.close();
      } catch (IOException alsoFailed) {
        because.addSuppressed(alsoFailed);
      }
    }
  }

  @Override
  public String name() {
    return directory.toString();
  }

  public boolean isEmpty() {
    return files().isEmpty();
  }

  /**
   * The newest checkpoint that is whole; a note says which are not.
   *
   * @throws InvalidModelException when there are checkpoints, but none is whole
   */
  @Override
  public Optional<Checkpoint> newest() {
    List<Path> newestFirst = files();
    InvalidModelException damage = null;
    for (Path file : newestFirst) {
      try {
        Checkpoint checkpoint = CheckpointFile.read(file);
        if (damage != null) {
          notes.accept(
              damage.getMessage() + " Going on from the one before, " + file.getFileName() + ".");
        }
        return Optional.of(checkpoint);
      } catch (InvalidModelException unreadable) {
        if (damage != null) {
          unreadable.addSuppressed(damage);
        }
        damage = unreadable;
        damaged.add(file);
      }
    }
    if (damage != null) {
      throw new InvalidModelException(
          damage.getMessage()
              + " No other checkpoint in "
              + directory
              + " can be read: remove them to begin anew.",
          damage);
    }
    return Optional.empty();
  }

  /**
   * Writes a checkpoint, and only then deletes those that are no longer needed: all but the one
   * before it, and those that {@link #newest} found damaged. What cannot be deleted is noted, for
   * the checkpoint is there.
   */
  @Override
  public void save(Checkpoint checkpoint) {
    Path file =
        directory.resolve(
            String.format(
                Locale.ROOT, "%s-%010d%s", BEGINNING, checkpoint.position().step(), ENDING));
    CheckpointFile.write(file, checkpoint);
    boolean isOneBeforeKept = false;
    for (Path other : files()) {
      int order = other.getFileName().compareTo(file.getFileName());
      boolean isDamaged = order != 0 && damaged.contains(other);
      if (isDamaged || order > 0 || (order < 0 && isOneBeforeKept)) {
        delete(other);
      } else {
        isOneBeforeKept |= order < 0;
      }
    }
  }

  private void delete(Path file) {
    try {
      Files.deleteIfExists(file);
      damaged.remove(file);
    } catch (IOException cause) {
      notes.accept("cannot delete the old checkpoint " + file + ": " + AtomicFile.reason(cause));
    }
  }

  /** Newest first. */
  private List<Path> files() {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(directory, FILES)) {
      found.forEach(files::add);
    } catch (IOException cause) {
      throw new UncheckedIOException(
          "cannot look for checkpoints in " + directory + ": " + AtomicFile.reason(cause), cause);
    }
    // The number of the step has a fixed width.
    Collections.sort(files, Collections.reverseOrder());
    return files;
  }

  /** Lets others open the folder. */
  @Override
  public void close() {
    try {
      lockFile.close();
      OPEN.remove(opened);
    } catch (IOException cause) {
      throw new UncheckedIOException("cannot close " + directory, cause);
    }
  }
}
