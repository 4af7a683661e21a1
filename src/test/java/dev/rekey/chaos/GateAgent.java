package dev.rekey.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.ClassHierarchyResolverOption;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.lang.instrument.UnmodifiableClassException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.ProtectionDomain;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The part of a {@link Gate} that is loaded into the Rekey process. It may use nothing but the JDK.
 */
public final class GateAgent {

  private static final Set<String> USED = ConcurrentHashMap.newKeySet();

  private GateAgent() {}

  /**
   * Puts a gate in front of a method's body, even if its class is not loaded yet.
   *
   * @param arguments the gate's file, the method's class, the method, and the {@link Place#within},
   *     which may be empty, separated by commas
   */
  public static void agentmain(String arguments, Instrumentation instrumentation)
      throws UnmodifiableClassException {
    String[] parts = arguments.split(",", -1);
    instrumentation.addTransformer(new Transformer(parts[0], parts[1], parts[2], parts[3]), true);
    for (Class<?> loaded : instrumentation.getAllLoadedClasses()) {
      if (loaded.getName().equals(parts[1])) {
        instrumentation.retransformClasses(loaded);
      }
    }
  }

  private record Transformer(String gate, String type, String method, String within)
      implements ClassFileTransformer {

    private static final ClassDesc AGENT = ClassDesc.of("dev.rekey.chaos.GateAgent");
    private static final MethodTypeDesc TWO_TEXTS =
        MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_String, ConstantDescs.CD_String);

    @Override
    public byte @Nullable [] transform(
        @Nullable ClassLoader loader,
        String name,
        @Nullable Class<?> redefined,
        @Nullable ProtectionDomain domain,
        byte[] bytes) {
      if (loader == null || !name.equals(type.replace('.', '/'))) {
        return null;
      }
      // The frames are recomputed, which needs the types of the class's own loader.
      var file =
          ClassFile.of(
              ClassHierarchyResolverOption.of(
                  ClassHierarchyResolver.ofResourceParsing(loader)
                      .orElse(ClassHierarchyResolver.defaultResolver())));
      return file.transformClass(
          file.parse(bytes),
          ClassTransform.transformingMethodBodies(
              candidate -> candidate.methodName().equalsString(method), gateInFront()));
    }

    private CodeTransform gateInFront() {
      return new CodeTransform() {
        @Override
        public void atStart(CodeBuilder code) {
          code.loadConstant(gate).loadConstant(within).invokestatic(AGENT, "pass", TWO_TEXTS);
        }

        @Override
        public void accept(CodeBuilder code, CodeElement element) {
          code.with(element);
        }
      };
    }
  }

  /** Creates the file, holds the first thread, and releases it when the file is deleted. */
  public static void pass(String gate, String within) throws InterruptedException {
    if ((within.isEmpty() || isWithin(within)) && USED.add(gate)) {
      var file = Path.of(gate);
      try {
        Files.createFile(file);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      while (Files.exists(file)) {
        Thread.sleep(10);
      }
    }
  }

  private static boolean isWithin(String caller) {
    return StackWalker.getInstance()
        .walk(
            frames ->
                frames.anyMatch(
                    frame -> (frame.getClassName() + "." + frame.getMethodName()).equals(caller)));
  }
}
