package dev.myelin.cli;

import dev.myelin.Backends;
import dev.myelin.DeviceInfo;
import dev.myelin.Precision;
import dev.myelin.Probe;
import dev.myelin.nn.EpochReport;
import dev.myelin.nn.Metrics;
import dev.myelin.nn.MlpSpec;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** The parts of the documents that {@code --json} prints; see {@link #SCHEMA_VERSION}. */
final class JsonReport {
  /** Rises when a member changes its meaning or goes; new members may come at any time. */
  static final int SCHEMA_VERSION = 1;

  private JsonReport() {}

  /** A document that has only its version yet. */
  static Map<String, Object> document() {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("schemaVersion", SCHEMA_VERSION);
    return document;
  }

  static Map<String, Object> device(DeviceInfo device, String reason) {
    Map<String, Object> json = device(device);
    json.put("reason", reason);
    return json;
  }

  /** A device that computes, and how it rounds the operands of matrix products. */
  static Map<String, Object> device(Backends.Selection selection, Precision precision) {
    Map<String, Object> json = device(selection.device(), selection.reason());
    json.put("precision", precision.text());
    return json;
  }

  static Map<String, Object> device(DeviceInfo device) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("id", device.id());
    json.put("name", device.name());
    json.put("detail", device.detail());
    json.put("memoryBytes", device.memoryBytes());
    json.put("precisions", device.precisions().stream().map(Precision::text).toList());
    return json;
  }

  /** A backend: its devices, or why there are none. */
  static Map<String, Object> probe(Probe probe) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("backend", probe.backend());
    json.put("usable", probe.isUsable());
    json.put("devices", probe.devices().stream().map(JsonReport::device).toList());
    json.put("reason", probe.reason());
    json.put("remedy", probe.remedy());
    return json;
  }

  static Map<String, Object> model(MlpSpec spec) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("layers", Arrays.stream(spec.sizes()).boxed().toList());
    json.put("parameters", spec.parameters());
    return json;
  }

  static Map<String, Object> epoch(EpochReport report) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("epoch", report.epoch());
    json.put("loss", number(report.loss()));
    if (!Double.isNaN(report.trainAccuracy())) {
      json.put("trainAccuracy", report.trainAccuracy());
    }
    Metrics validation = report.validation();
    json.put("validationLoss", validation == null ? null : number(validation.loss()));
    if (validation != null && !Double.isNaN(validation.accuracy())) {
      json.put("validationAccuracy", validation.accuracy());
    }
    json.put("samplesPerSecond", number(report.samplesPerSecond()));
    json.put("seconds", report.elapsedNanos() / 1e9);
    return json;
  }

  static Map<String, Object> metrics(Metrics metrics) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("samples", metrics.samples());
    json.put("loss", number(metrics.loss()));
    if (Double.isNaN(metrics.accuracy())) {
      json.put("rmse", number(metrics.rmse()));
      json.put("r2", number(metrics.r2()));
    } else {
      json.put("accuracy", metrics.accuracy());
    }
    return json;
  }

  /** JSON has no NaN and no infinities. */
  static Double number(double value) {
    return Double.isFinite(value) ? value : null;
  }
}
