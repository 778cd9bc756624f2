using System.Reflection;
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

    private static nint Resolve(Assembly assembly, string name)
    {
        if (name != Library || Find() is not { } shipped || CompatibleCopy.Of(shipped) is not { } copy)
        {
            return 0;
        }

        LoadDependencies(Path.GetDirectoryName(shipped)!);
        return NativeLibrary.Load(copy);
    }

    /// <summary>The file as the package shipped it, in the places where .NET looks for native libraries.</summary>
    private static string? Find()
    {
        var native = Path.Combine("runtimes", RuntimeInformation.RuntimeIdentifier, "native");
        var portable = Path.Combine("runtimes", "linux-" + RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant(), "native");
        var searched = AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? string.Empty;
        return new[] { AppContext.BaseDirectory, Path.Combine(AppContext.BaseDirectory, native), Path.Combine(AppContext.BaseDirectory, portable) }
            .Concat(searched.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
            .Select(directory => Path.Combine(directory, "lib" + Library + ".so"))
            .FirstOrDefault(File.Exists);
    }

    /// <summary>The copy may stand elsewhere than libtorch: libraries that are loaded already are found by their name.</summary>
    private static void LoadDependencies(string directory)
    {
        foreach (var dependency in Dependencies.Select(file => Path.Combine(directory, file)).Where(File.Exists))
        {
            NativeLibrary.Load(dependency);
        }
    }
}
