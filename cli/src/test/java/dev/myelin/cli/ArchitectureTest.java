package dev.myelin.cli;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What ARCHITECTURE.md says of who knows whom, and what no class of what is shipped does. */
class ArchitectureTest {
  private static final JavaClasses OURS =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.myelin");

  /** With the libraries that are shipped beside ours. */
  private static final JavaClasses SHIPPED =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.myelin", "picocli", "de.siegmar.fastcsv", "org.jocl", "jcuda");

  private static final Set<String> NETWORK_CLASSES =
      Set.of(
          "java.net.Socket",
          "java.net.ServerSocket",
          "java.net.DatagramSocket",
          "java.net.MulticastSocket",
          "java.net.HttpURLConnection",
          "java.nio.channels.SocketChannel",
          "java.nio.channels.ServerSocketChannel",
          "java.nio.channels.DatagramChannel",
          "java.nio.channels.AsynchronousSocketChannel");

  private static final DescribedPredicate<JavaClass> NETWORK =
      describe(
          "reach a network",
          each ->
              NETWORK_CLASSES.contains(each.getName())
                  || each.getPackageName().startsWith("java.net.http")
                  || each.getPackageName().startsWith("javax.net")
                  || each.getPackageName().startsWith("java.rmi"));

  @Test
  void theImport_sawAllModulesAndLibraries() {
    for (String name :
        new String[] {
          "dev.myelin.Tensor",
          "dev.myelin.cpu.CpuBackendProvider",
          "dev.myelin.opencl.OpenClBackendProvider",
          "dev.myelin.cuda.CudaBackendProvider",
          "dev.myelin.kernels.KernelSources",
          "dev.myelin.cli.Main",
          "org.jocl.CL",
          "jcuda.driver.JCudaDriver",
          "picocli.CommandLine",
          "de.siegmar.fastcsv.reader.CsvReader"
        }) {
      assertTrue(SHIPPED.contain(name), name);
    }
  }

  @Test
  void core_dependsOnTheJdkAlone_andKnowsNoBackend() {
    classes()
        .that()
        .resideInAnyPackage(
            "dev.myelin",
            "dev.myelin.nn..",
            "dev.myelin.data..",
            "dev.myelin.model..",
            "dev.myelin.io..",
            "dev.myelin.random..")
        .should()
        .onlyDependOnClassesThat(
            resideInAnyPackage(
                "java..",
                "dev.myelin",
                "dev.myelin.nn..",
                "dev.myelin.data..",
                "dev.myelin.model..",
                "dev.myelin.io..",
                "dev.myelin.random.."))
        .check(OURS);
  }

  @Test
  void nativeBindings_areKnownToTheirBackendOnly() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.myelin.opencl..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.jocl..")
        .check(OURS);
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.myelin.cuda..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("jcuda..")
        .check(OURS);
  }

  @Test
  void backends_doNotKnowEachOther_norTheCommandLine() {
    for (String backend : new String[] {"cpu", "opencl", "cuda"}) {
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.myelin." + backend + "..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.myelin." + backend + "..")
          .check(OURS);
    }
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.myelin.cli..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("dev.myelin.cli..", "picocli..", "de.siegmar..")
        .check(OURS);
  }

  @Test
  void noClass_readsOrWritesJavasSerializedObjects() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.io.ObjectInputStream")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.io.ObjectOutputStream")
        .check(SHIPPED);
  }

  @Test
  void noClass_ofOursOrOfALibraryBesideIt_reachesANetwork() {
    noClasses().should().dependOnClassesThat(NETWORK).check(SHIPPED);
    // picocli looks a name up for an option that is an InetAddress; ours may have none.
    noClasses().should().dependOnClassesThat().haveNameMatching("java\\.net\\.Inet.*").check(OURS);
  }
}
