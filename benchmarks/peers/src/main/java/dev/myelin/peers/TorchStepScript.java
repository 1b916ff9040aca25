package dev.myelin.peers;

import dev.myelin.Activation;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A whole training step as TorchScript, in the archive that PyTorch's {@code torch.jit.save} would
 * write: PyTorch then runs it in one call, with operations that DJL's arrays do not have (products
 * into given memory, the derivatives' own kernels, Adam in one pass).
 */
final class TorchStepScript {
  private static final String FOLDER = "step/";

  /** Nothing but an object of class Step whose field "training" is false; pickle's protocol 2. */
  private static final String OBJECT =
      "\u0080\u0002c__torch__\nStep\n)\u0081}(X\u0008\0\0\0training\u0089ub.";

  /** An empty tuple: the script has no tensors of its own. */
  private static final String CONSTANTS = "\u0080\u0002).";

  private final Net net;
  private final StringBuilder code = new StringBuilder();

  private TorchStepScript(Net net) {
    this.net = net;
  }

  /**
   * Archive of a module whose forward(rows, features, oneHot, parameters, gradients, firstMoments,
   * secondMoments, steps, lossSum) makes one step; the last six are one array each, and changed.
   */
  static byte[] archive(Net net) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      add(zip, "data.pkl", OBJECT);
      add(zip, "code/__torch__.py", new TorchStepScript(net).text());
      add(zip, "constants.pkl", CONSTANTS);
      add(zip, "version", "10\n");
    } catch (IOException impossibleInMemory) {
      throw new UncheckedIOException(impossibleInMemory);
    }
    return bytes.toByteArray();
  }

  /** Not compressed, as PyTorch's own. */
  private static void add(ZipOutputStream zip, String name, String content) throws IOException {
    byte[] bytes = content.getBytes(StandardCharsets.ISO_8859_1);
    CRC32 checksum = new CRC32();
    checksum.update(bytes);
    ZipEntry entry = new ZipEntry(FOLDER + name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(bytes.length);
    entry.setCrc(checksum.getValue());
    zip.putNextEntry(entry);
    zip.write(bytes);
    zip.closeEntry();
  }

  private void line(String format, Object... arguments) {
    code.append(String.format(Locale.ROOT, format, arguments)).append('\n');
  }

  private void statement(String format, Object... arguments) {
    line("    " + format, arguments);
  }

  private String text() {
    line("class Step(Module):");
    line("  __parameters__ = []");
    line("  __buffers__ = []");
    line("  training : bool");
    line("  def forward(self: __torch__.Step,");
    line("    rows: Tensor, features: Tensor, oneHot: Tensor, parameters: Tensor,");
    line("    gradients: Tensor, firstMoments: Tensor, secondMoments: Tensor, steps: Tensor,");
    line("    lossSum: Tensor) -> Tensor:");
    views();
    forward();
    loss();
    backward();
    update();
    statement("return updated[0]");
    return code.toString();
  }

  private void views() {
    int[] sizes = net.sizes();
    int from = 0;
    for (int i = 0; i + 1 < sizes.length; i++) {
      int weights = sizes[i + 1] * sizes[i];
      for (String block : new String[] {"parameters", "gradients"}) {
        statement(
            "%sW%d = torch.view(torch.slice(%s, 0, %d, %d), [%d, %d])",
            block, i, block, from, from + weights, sizes[i + 1], sizes[i]);
        statement(
            "%sB%d = torch.slice(%s, 0, %d, %d)",
            block, i, block, from + weights, from + weights + sizes[i + 1]);
      }
      from += weights + sizes[i + 1];
    }
  }

  private void forward() {
    int layers = net.layers();
    String function = isRelu() ? "relu_" : "sigmoid_";
    statement("x0 = torch.index_select(features, 0, rows)");
    statement("target = torch.index_select(oneHot, 0, rows)");
    for (int i = 0; i < layers; i++) {
      statement("z%d = torch.addmm(parametersB%d, x%d, torch.t(parametersW%d))", i, i, i, i);
      if (i + 1 < layers) {
        statement("x%d = torch.%s(z%d)", i + 1, function, i);
      }
    }
  }

  private boolean isRelu() {
    return net.activation().kind() == Activation.Kind.RELU;
  }

  private void loss() {
    int last = net.layers() - 1;
    statement("logProbabilities = torch.log_softmax(z%d, 1)", last);
    statement("ignored0 = torch.sub_(lossSum, torch.sum(torch.mul(logProbabilities, target)))");
    statement("difference = torch.sub_(torch.exp_(logProbabilities), target)");
    statement("dZ%d = torch.mul_(difference, %s)", last, 1.0 / net.batch());
  }

  private void backward() {
    for (int i = net.layers() - 1; i >= 0; i--) {
      statement("dW%d = torch.mm(torch.t(dZ%d), x%d, out=gradientsW%d)", i, i, i, i);
      statement("dB%d = torch.sum(dZ%d, [0], False, dtype=None, out=gradientsB%d)", i, i, i);
      if (i > 0) {
        statement("dX%d = torch.mm(dZ%d, parametersW%d)", i, i, i);
        String derivative =
            isRelu()
                ? "torch.threshold_backward(dX%d, x%d, 0)"
                : "torch.sigmoid_backward(dX%d, x%d)";
        statement("dZ%d = " + derivative, i - 1, i, i);
      }
    }
  }

  private void update() {
    statement("ignored1 = torch.add_(steps, 1)");
    // Returned, or PyTorch takes the call for one without effect, and drops it.
    statement("updated = [parameters]");
    statement(
        "torch._fused_adam_(updated, [gradients], [firstMoments], [secondMoments],"
            + " annotate(List[Tensor], []), [steps], lr=%s, beta1=0.9, beta2=0.999,"
            + " weight_decay=0., eps=1e-08, amsgrad=False, maximize=False)",
        Net.LEARNING_RATE);
  }
}
