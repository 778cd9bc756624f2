using System.IO.Compression;
using System.Security.Cryptography;

namespace LayerDsl.Examples;

/// <summary>
/// Fashion-MNIST (Xiao, Rasul, Vollgraf 2017; MIT): 60 000 + 10 000 images of 28 × 28 pixels in ten classes. Fetched at first
/// use from Debian's package into a cache; every step can be repeated after it was interrupted.
/// </summary>
public sealed class FashionMnistData
{
    private const string Package = "dataset-fashion-mnist";

    /// <summary>The files and the SHA-256 of their decompressed content.</summary>
    private static readonly (string Name, string Hash)[] Files =
    [
        ("train-images-idx3-ubyte", "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888"),
        ("train-labels-idx1-ubyte", "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"),
        ("t10k-images-idx3-ubyte", "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b"),
        ("t10k-labels-idx1-ubyte", "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"),
    ];

    private readonly string cache;
    private readonly ICommandRunner commands;
    private readonly IReadOnlyList<(string Name, string Hash)> files;

    public FashionMnistData(string cache, ICommandRunner commands)
        : this(cache, commands, Files)
    {
    }

    public FashionMnistData(string cache, ICommandRunner commands, IReadOnlyList<(string Name, string Hash)> files)
    {
        this.cache = Path.Combine(cache, "fashion-mnist");
        this.commands = commands;
        this.files = files;
    }

    /// <summary>The training and the test images.</summary>
    /// <exception cref="DataUnavailableException">The data cannot be fetched; the message says where to put it by hand.</exception>
    public (ImageSet Training, ImageSet Test) Load()
    {
        Fetch();
        return (Read(files[0].Name, files[1].Name), Read(files[2].Name, files[3].Name));
    }

    /// <summary>Brings the files into the cache, unless they are there with the right hashes.</summary>
    public void Fetch()
    {
        if (files.All(IsValid))
        {
            return;
        }

        Directory.CreateDirectory(cache);
        foreach (var archive in Archives().Concat(Download()))
        {
            if (Unpack(archive) && files.All(IsValid))
            {
                return;
            }

            // Broken or of another version: the next one is fetched anew.
            File.Delete(archive);
        }

        throw new DataUnavailableException(
            $"Fashion-MNIST could not be fetched with apt-get. Put the files {string.Join(", ", files.Select(file => file.Name + ".gz"))} into {cache} and start again.");
    }

    private IEnumerable<string> Archives() => Directory.GetFiles(cache, Package + "_*.deb");

    /// <summary>apt-get resumes a partial download by itself; an unknown package means that the lists are missing.</summary>
    private IEnumerable<string> Download()
    {
        if (!commands.Run(cache, "apt-get", "download", Package)
            && !(commands.Run(cache, "apt-get", "update") && commands.Run(cache, "apt-get", "download", Package)))
        {
            yield break;
        }

        foreach (var archive in Archives())
        {
            yield return archive;
        }
    }

    private bool Unpack(string archive)
    {
        var folder = Path.Combine(cache, "unpacked");
        if (!commands.Run(cache, "dpkg-deb", "-x", archive, folder))
        {
            return false;
        }

        foreach (var (name, _) in files)
        {
            var source = Path.Combine(folder, "usr", "share", "datasets", "fashion-mnist", name + ".gz");
            if (File.Exists(source))
            {
                File.Move(source, Path.Combine(cache, name + ".gz"), overwrite: true);
            }
        }

        Directory.Delete(folder, recursive: true);
        return true;
    }

    private bool IsValid((string Name, string Hash) file)
    {
        try
        {
            return File.Exists(PathOf(file.Name)) && Convert.ToHexStringLower(SHA256.HashData(Decompress(file.Name))) == file.Hash;
        }
        catch (InvalidDataException)
        {
            return false; // cut off while it was written
        }
    }

    private ImageSet Read(string images, string labels)
    {
        var (pixels, size) = IdxFile.ReadImages(Decompress(images));
        return new ImageSet([.. pixels.Select(value => value / 255f)], [.. IdxFile.ReadLabels(Decompress(labels)).Select(label => (long)label)], size);
    }

    private byte[] Decompress(string name)
    {
        using var stream = new GZipStream(File.OpenRead(PathOf(name)), CompressionMode.Decompress);
        using var content = new MemoryStream();
        stream.CopyTo(content);
        return content.ToArray();
    }

    private string PathOf(string name) => Path.Combine(cache, name + ".gz");
}
