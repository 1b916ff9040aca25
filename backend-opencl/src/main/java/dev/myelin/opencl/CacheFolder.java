package dev.myelin.opencl;

import java.nio.file.Path;

/** Where the backend keeps what it would otherwise have to find out again. */
final class CacheFolder {
  /** Overrides where the cache lies. */
  static final String PROPERTY = "myelin.cacheDir";

  private CacheFolder() {}

  /**
   * The folder opencl in the folder that the system property names, or in $XDG_CACHE_HOME/myelin,
   * or in ~/.cache/myelin.
   */
  static Path ofUser() {
    String chosen = System.getProperty(PROPERTY);
    String caches = System.getenv("XDG_CACHE_HOME");
    Path root;
    if (chosen != null) {
      root = Path.of(chosen);
    } else if (caches != null && !caches.isBlank()) {
      root = Path.of(caches, "myelin");
    } else {
      root = Path.of(System.getProperty("user.home"), ".cache", "myelin");
    }
    return root.resolve(OpenClBackendProvider.NAME);
  }
}
