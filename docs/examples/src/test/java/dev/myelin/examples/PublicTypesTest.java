package dev.myelin.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/** Whoever meets a type in an editor finds out there what it is for. */
class PublicTypesTest {
  private static final Path ROOT = Path.of("..", "..");

  /** The modules that are shipped. */
  private static final List<String> MODULES =
      List.of("core", "kernels", "backend-cpu", "backend-opencl", "backend-cuda", "testkit", "cli");

  /** Finds public types, and types nested in them, without a doc comment. */
  private static final class Scanner extends TreePathScanner<Void, Boolean> {
    final List<String> undocumented = new ArrayList<>();
    int types;
    private final DocTrees docs;

    Scanner(DocTrees docs) {
      this.docs = docs;
    }

    @Override
    public Void visitClass(ClassTree type, Boolean isEnclosingInterface) {
      boolean isPublic =
          isEnclosingInterface || type.getModifiers().getFlags().contains(Modifier.PUBLIC);
      if (!isPublic || type.getSimpleName().length() == 0) {
        return null;
      }
      types++;
      if (docs.getDocComment(getCurrentPath()) == null) {
        undocumented.add(
            getCurrentPath().getCompilationUnit().getSourceFile().getName()
                + ": "
                + type.getSimpleName());
      }
      return super.visitClass(type, type.getKind() == com.sun.source.tree.Tree.Kind.INTERFACE);
    }
  }

  @Test
  void publicTypes_haveJavadoc() throws IOException {
    List<Path> sources = new ArrayList<>();
    for (String module : MODULES) {
      try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src/main/java"))) {
        files.filter(file -> file.toString().endsWith(".java")).forEach(sources::add);
      }
    }
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      JavacTask task =
          (JavacTask)
              compiler.getTask(
                  null, files, null, null, null, files.getJavaFileObjectsFromPaths(sources));
      Scanner scanner = new Scanner(DocTrees.instance(task));
      for (CompilationUnitTree unit : task.parse()) {
        scanner.scan(unit, false);
      }
      assertEquals(List.of(), scanner.undocumented);
      // There are so many at the time of writing: a walk that finds nothing would pass.
      assertTrue(scanner.types > 100, scanner.types + " public types");
    }
  }
}
