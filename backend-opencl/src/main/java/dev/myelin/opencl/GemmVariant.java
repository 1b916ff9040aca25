package dev.myelin.opencl;

import java.util.Locale;

/** The ways to multiply matrices. */
enum GemmVariant {
  /** Tiles in local memory, for parallel lanes. */
  TILED {
    @Override
    Gemm on(OpenClDevice device, Programs programs, Scratch scratch, Tuning tuning) {
      return new TiledGemm(device, programs, tuning);
    }
  },
  /** Packed panels and vector registers, for processors. */
  PACKED {
    @Override
    Gemm on(OpenClDevice device, Programs programs, Scratch scratch, Tuning tuning) {
      return new PackedGemm(device, programs, scratch, tuning.packed());
    }
  };

  /** Overrides the choice by device: "tiled" or "packed". */
  static final String PROPERTY = "myelin.opencl.gemm";

  static GemmVariant bestOf(OpenClDevice device) {
    String chosen = System.getProperty(PROPERTY);
    if (chosen != null) {
      return valueOf(chosen.toUpperCase(Locale.ROOT));
    }
    return device.isProcessor() ? PACKED : TILED;
  }

  abstract Gemm on(OpenClDevice device, Programs programs, Scratch scratch, Tuning tuning);
}
