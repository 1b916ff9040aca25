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
  /** Packed panels and vector registers. */
  PACKED {
    @Override
    Gemm on(OpenClDevice device, Programs programs, Scratch scratch, Tuning tuning) {
      return new PackedGemm(device, programs, scratch, tuning.packed());
    }
  },
  /** For processors: packed where that pays, directly where the product is small. */
  BY_SIZE {
    @Override
    Gemm on(OpenClDevice device, Programs programs, Scratch scratch, Tuning tuning) {
      Gemm packed = PACKED.on(device, programs, scratch, tuning);
      return new BySizeGemm(new DirectGemm(programs), packed);
    }
  };

  /** Overrides the choice by device: the name of one of these. */
  static final String PROPERTY = "myelin.opencl.gemm";

  static GemmVariant bestOf(OpenClDevice device) {
    String chosen = System.getProperty(PROPERTY);
    if (chosen != null) {
      return valueOf(chosen.toUpperCase(Locale.ROOT));
    }
    return device.isProcessor() ? BY_SIZE : TILED;
  }

  abstract Gemm on(OpenClDevice device, Programs programs, Scratch scratch, Tuning tuning);
}
