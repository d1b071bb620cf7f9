package io.pekkoraft.mutants;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.tools.DiagnosticCollector;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** Compiles the changed sources of a mutant, in memory, against all other classes as they are. */
final class MutantCompiler {
  private final Path root;
  private final String classPath;

  /**
   * @param root where the modules are
   */
  MutantCompiler(Path root, String classPath) {
    this.root = root;
    this.classPath = classPath;
  }

  /**
   * @return the classes of the changed files, by name
   * @throws AssertionError if the mutant does not compile
   */
  Map<String, byte[]> compile(Mutant mutant) throws IOException {
    if (mutant.edits().isEmpty()) {
      return Map.of();
    }
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    if (compiler == null) {
      throw new IllegalStateException("mutants need a JDK, this is a JRE");
    }
    List<Source> sources = new ArrayList<>();
    mutant.sources(root).forEach((file, text) -> sources.add(new Source(file, text)));
    DiagnosticCollector<JavaFileObject> diagnostics = new DiagnosticCollector<>();
    try (InMemory classes =
        new InMemory(compiler.getStandardFileManager(diagnostics, null, null))) {
      List<String> options =
          List.of("-proc:none", "-nowarn", "-parameters", "-g", "-cp", classPath);
      if (!compiler.getTask(null, classes, diagnostics, options, null, sources).call()) {
        throw new AssertionError(mutant + " does not compile: " + diagnostics.getDiagnostics());
      }
      return classes.bytes();
    }
  }

  private static final class Source extends SimpleJavaFileObject {
    private final String text;

    Source(String file, String text) {
      super(URI.create("string:///" + file), Kind.SOURCE);
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }

  private static final class InMemory extends ForwardingJavaFileManager<JavaFileManager> {
    private final Map<String, ByteArrayOutputStream> classes = new HashMap<>();

    InMemory(JavaFileManager standard) {
      super(standard);
    }

    @Override
    public JavaFileObject getJavaFileForOutput(
        Location location, String className, JavaFileObject.Kind kind, FileObject sibling) {
      URI uri = URI.create("mem:///" + className.replace('.', '/') + kind.extension);
      return new SimpleJavaFileObject(uri, kind) {
        @Override
        public OutputStream openOutputStream() {
          return classes.computeIfAbsent(className, name -> new ByteArrayOutputStream());
        }
      };
    }

    Map<String, byte[]> bytes() {
      Map<String, byte[]> bytes = new HashMap<>();
      classes.forEach((name, stream) -> bytes.put(name, stream.toByteArray()));
      return bytes;
    }
  }
}
