using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace LayerDsl;

/// <summary>
/// Makes TorchSharp's native library load on Linux distributions with an older libstdc++ (Debian 12, Ubuntu 22.04, RHEL 9).
/// The library asks for GLIBCXX_3.4.32 by one symbol that nothing calls, so that only the loader's version check fails.
/// A copy in which this check is marked weak is loaded instead; see docs/torchsharp-on-linux.md.
/// </summary>
public static class TorchLibrary
{
    /// <summary>The AppContext switch that turns this off.</summary>
    public const string DisableSwitch = "LayerDsl.DisableTorchLoader";

    private const string Library = "LibTorchSharp";

    private static readonly string[] Dependencies = ["libc10.so", "libtorch_cpu.so", "libtorch.so"];

    private static readonly Lazy<bool> Installed = new(Subscribe);

    /// <summary>
    /// Watches for the library not being found. Called by a module initializer that the generator adds to every assembly that
    /// references this one; idempotent, and without any effect where the library loads as it is.
    /// </summary>
    /// <returns>Whether loading is watched: on Linux, unless switched off.</returns>
    public static bool Install() => Installed.Value;

    private static bool Subscribe()
    {
        if (!OperatingSystem.IsLinux() || (AppContext.TryGetSwitch(DisableSwitch, out var disabled) && disabled))
        {
            return false;
        }

        // Raised after the default search has failed, and only then.
        AssemblyLoadContext.Default.ResolvingUnmanagedDll += Resolve;
        return true;
    }

    /// <summary>For assemblies that the generator did not see: the first use of any type of this one is early enough for most.</summary>
#pragma warning disable CA2255 // Loading has to be watched before anything is loaded; there is no call of the user's to do it in.
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Initialize() => Install();

    private static nint Resolve(Assembly assembly, string name)
    {
        if (name != Library || Find("lib" + Library + ".so") is not { } shipped || CompatibleCopy.Of(shipped) is not { } copy)
        {
            return 0;
        }

        try
        {
            LoadDependencies();
            return NativeLibrary.Load(copy.Path);
        }
        finally
        {
            copy.DeleteIfTemporary();
        }
    }

    /// <summary>The file as a package shipped it, in the places where .NET looks for native libraries.</summary>
    private static string? Find(string file)
    {
        var native = Path.Combine("runtimes", RuntimeInformation.RuntimeIdentifier, "native");
        var portable = Path.Combine("runtimes", "linux-" + RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant(), "native");
        var searched = AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? string.Empty;
        return new[] { AppContext.BaseDirectory, Path.Combine(AppContext.BaseDirectory, native), Path.Combine(AppContext.BaseDirectory, portable) }
            .Concat(searched.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
            .Select(directory => Path.Combine(directory, file))
            .FirstOrDefault(File.Exists);
    }

    /// <summary>
    /// The copy may stand elsewhere than libtorch, and libtorch elsewhere than TorchSharp where both are used from the package
    /// cache: libraries that are loaded already are found by their name.
    /// </summary>
    private static void LoadDependencies()
    {
        foreach (var dependency in Dependencies.Select(Find).OfType<string>())
        {
            NativeLibrary.Load(dependency);
        }
    }
}
