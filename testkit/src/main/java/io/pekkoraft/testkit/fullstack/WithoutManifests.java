package io.pekkoraft.testkit.fullstack;

import java.io.IOException;
import java.net.URL;
import java.util.Collections;
import java.util.Enumeration;

/**
 * Hides the manifests of the class path from Pekko, which reads all of them at every start of an
 * actor system, to compare versions: a matter of the class path, not of a run, and a tenth of its
 * time.
 */
final class WithoutManifests extends ClassLoader {
  private static final String MANIFEST = "META-INF/MANIFEST.MF";

  static {
    registerAsParallelCapable();
  }

  private WithoutManifests(ClassLoader parent) {
    super(parent);
  }

  /** Loads what the present thread would load. */
  static ClassLoader ofThread() {
    ClassLoader present = Thread.currentThread().getContextClassLoader();
    return new WithoutManifests(
        present == null ? WithoutManifests.class.getClassLoader() : present);
  }

  @Override
  public Enumeration<URL> getResources(String name) throws IOException {
    return name.equals(MANIFEST) ? Collections.emptyEnumeration() : super.getResources(name);
  }
}
