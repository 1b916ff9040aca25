package dev.myelin.model;

import dev.myelin.io.InvalidJsonException;
import dev.myelin.io.InvalidModelException;
import dev.myelin.io.Json;
import dev.myelin.io.NamedFloats;
import dev.myelin.io.SafeTensors;
import dev.myelin.io.TensorInfo;
import dev.myelin.nn.Checkpoint;
import dev.myelin.nn.NamedParameter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import java.util.zip.Checksum;

/**
 * The format of a {@link Checkpoint}: a safetensors file. The network's parameters have the names
 * that PyTorch's nn.Sequential uses, those of early stopping the same behind {@value #BEST}; the
 * optimizer's blocks are {@value #MOMENT}0 and so on. The metadata hold a JSON document that says
 * the rest, and a checksum of it all.
 */
final class CheckpointFile {
  static final String DESCRIPTION_KEY = "myelin checkpoint";
  static final String CHECKSUM_KEY = "crc32c";
  private static final String BEST = "best.";
  private static final String MOMENT = "moment.";
  private static final int CHUNK_BYTES = 1 << 16;

  private CheckpointFile() {}

  static void write(Path file, Checkpoint checkpoint) {
    List<NamedFloats> tensors = new ArrayList<>();
    checkpoint.parameters().forEach(each -> tensors.add(tensor("", each)));
    for (int i = 0; i < checkpoint.moments().size(); i++) {
      float[] values = checkpoint.moments().get(i);
      tensors.add(new NamedFloats(MOMENT + i, values, values.length));
    }
    checkpoint
        .best()
        .ifPresent(best -> best.parameters().forEach(each -> tensors.add(tensor(BEST, each))));
    String description = Json.write(CheckpointDescription.toJson(checkpoint));
    String checksum = checksum(description, tensors);
    SafeTensors.write(file, tensors, Map.of(DESCRIPTION_KEY, description, CHECKSUM_KEY, checksum));
  }

  private static NamedFloats tensor(String prefix, NamedParameter parameter) {
    return new NamedFloats(prefix + parameter.name(), parameter.values(), parameter.shape());
  }

  /**
   * Of the description and all elements in their order, so that no byte that matters goes
   * unchecked.
   */
  static String checksum(String description, List<NamedFloats> tensors) {
    Checksum checksum = new CRC32C();
    checksum.update(description.getBytes(StandardCharsets.UTF_8));
    ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (NamedFloats tensor : tensors) {
      String about = tensor.name() + " " + Arrays.toString(tensor.shape());
      checksum.update(about.getBytes(StandardCharsets.UTF_8));
      FloatBuffer values = tensor.values();
      while (values.hasRemaining()) {
        int count = Math.min(CHUNK_BYTES / Float.BYTES, values.remaining());
        chunk.clear().asFloatBuffer().put(values.slice(values.position(), count));
        values.position(values.position() + count);
        checksum.update(chunk.limit(count * Float.BYTES));
      }
    }
    return Long.toHexString(checksum.getValue());
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @throws InvalidModelException when the file is damaged, or no checkpoint of ours
   */
  static Checkpoint read(Path file) {
    try (SafeTensors stored = SafeTensors.open(file)) {
      String description = stored.metadata().get(DESCRIPTION_KEY);
      if (description == null) {
        throw new InvalidModelException(file + ": is no checkpoint of Myelin.");
      }
      List<NamedFloats> tensors = new ArrayList<>();
      List<NamedParameter> parameters = new ArrayList<>();
      List<NamedParameter> best = new ArrayList<>();
      Map<Integer, float[]> moments = new HashMap<>();
      for (TensorInfo tensor : stored.tensors()) {
        String name = tensor.name();
        int[] shape = tensor.shape().stream().mapToInt(Math::toIntExact).toArray();
        float[] values = stored.floats(name);
        tensors.add(new NamedFloats(name, values, shape));
        if (name.startsWith(MOMENT)) {
          moments.put(Integer.parseInt(name.substring(MOMENT.length())), values);
        } else if (name.startsWith(BEST)) {
          best.add(new NamedParameter(name.substring(BEST.length()), shape, values));
        } else {
          parameters.add(new NamedParameter(name, shape, values));
        }
      }
      if (!checksum(description, tensors).equals(stored.metadata().get(CHECKSUM_KEY))) {
        throw new InvalidModelException(
            file + ": its checksum is another than the one written in it: the file is damaged.");
      }
      List<float[]> inOrder = new ArrayList<>();
      for (int i = 0; i < moments.size(); i++) {
        inOrder.add(moments.get(i));
      }
      return CheckpointDescription.fromJson(Json.read(description), parameters, inOrder, best);
    } catch (InvalidJsonException
        | ModelDescription.Fault
        | ArithmeticException
        | IllegalArgumentException fault) {
      throw new InvalidModelException(
          file + ": " + fault.getMessage() + ". It was damaged or written by another version.",
          fault);
    }
  }
}
