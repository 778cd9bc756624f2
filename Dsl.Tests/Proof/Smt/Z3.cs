using System.Runtime.InteropServices;

namespace LayerDsl.Tests.Proof.Smt;

/// <summary>
/// The solver Z3 through its text interface, which is the same in every version. The NuGet package Microsoft.Z3 has no
/// library for Linux, and its managed part does not fit the one that Debian has (package libz3-4).
/// </summary>
internal static partial class Z3
{
    private const string Library = "libz3";

    private static readonly string[] FileNames = ["libz3.so.4", "libz3"];

    static Z3() => NativeLibrary.SetDllImportResolver(typeof(Z3).Assembly, (name, _, _) => name == Library ? Load() : 0);

    public static bool IsAvailable => Load() != 0;

    /// <summary>Runs an SMT-LIB script in a context of its own and returns what it prints.</summary>
    public static string Run(string script)
    {
        var configuration = MakeConfiguration();
        var context = MakeContext(configuration);
        try
        {
            return Marshal.PtrToStringUTF8(Evaluate(context, script)) ?? string.Empty;
        }
        finally
        {
            DeleteContext(context);
            DeleteConfiguration(configuration);
        }
    }

    private static nint Load() =>
        FileNames.Select(name => NativeLibrary.TryLoad(name, out var handle) ? handle : 0).FirstOrDefault(handle => handle != 0);

    [LibraryImport(Library, EntryPoint = "Z3_mk_config")]
    private static partial nint MakeConfiguration();

    [LibraryImport(Library, EntryPoint = "Z3_del_config")]
    private static partial void DeleteConfiguration(nint configuration);

    [LibraryImport(Library, EntryPoint = "Z3_mk_context")]
    private static partial nint MakeContext(nint configuration);

    [LibraryImport(Library, EntryPoint = "Z3_del_context")]
    private static partial void DeleteContext(nint context);

    [LibraryImport(Library, EntryPoint = "Z3_eval_smtlib2_string", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint Evaluate(nint context, string script);
}

/// <summary>A test that needs Z3: skipped where the library is not installed, but never on CI.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class Z3FactAttribute : FactAttribute
{
    public Z3FactAttribute()
    {
        if (!Z3.IsAvailable && Environment.GetEnvironmentVariable("CI") is null)
        {
            Skip = "The library of Z3 is not installed (Debian: apt-get install libz3-4).";
        }
    }
}
