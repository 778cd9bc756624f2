using System.IO.Compression;
using System.Text;
using LayerDsl.Examples.Data;

namespace LayerDsl.Tests.Examples;

/// <summary>
/// Stands in for apt-get and dpkg-deb: an archive is a text file that says whether it is whole, and unpacking it writes the
/// data set's files. Each program can be told to fail.
/// </summary>
internal sealed class FakeDebian
{
    public const string Package = FashionMnistData.Package;
    public const string Archive = Package + "_1_all.deb";

    private readonly IReadOnlyDictionary<string, byte[]> contents;

    public FakeDebian(IReadOnlyDictionary<string, byte[]> contents) => this.contents = contents;

    public List<string> Calls { get; } = [];

    public bool SystemKnowsPackage { get; init; } = true;

    public bool Installed { get; init; } = true;

    public bool Reachable { get; init; } = true;

    /// <summary>How many downloads come out damaged before one is whole.</summary>
    public int DamagedDownloads { get; set; }

    /// <summary>Whether the archive unpacks, but into other content than expected.</summary>
    public bool OtherContent { get; init; }

    public ProcessResult Run(ProcessRequest request, Action<string> onLine)
    {
        var own = request.Arguments.Any(argument => argument.StartsWith("Dir::State::lists=", StringComparison.Ordinal));
        var verb = request.Program == "dpkg-deb" ? "unpack" : request.Arguments.Contains("update") ? "update" : "download";
        Calls.Add(own ? verb + " with own lists" : verb);
        if (!Installed)
        {
            throw new ProgramNotFoundException(request.Program);
        }

        return verb switch
        {
            "unpack" => Unpack(request.Arguments[1], request.Arguments[2]),
            "update" => Reachable ? new ProcessResult(0, "Reading package lists...") : new ProcessResult(100, "E: no network"),
            _ => Download(request.Directory, own, onLine),
        };
    }

    private ProcessResult Download(string folder, bool own, Action<string> onLine)
    {
        if (!Reachable || (!own && !SystemKnowsPackage))
        {
            return new ProcessResult(100, $"E: Unable to locate package {Package}");
        }

        onLine("dlstatus:1:50.0000:Retrieving file 1 of 1");
        onLine("dlstatus:1:garbage:Retrieving file 1 of 1");
        onLine("Get:1 somewhere");

        // Like apt: an archive that is there is believed.
        var path = Path.Combine(folder, Archive);
        if (!File.Exists(path))
        {
            File.WriteAllText(path, DamagedDownloads-- > 0 ? "damaged" : "whole");
        }

        return new ProcessResult(0, "Fetched 30.9 MB");
    }

    private ProcessResult Unpack(string archive, string target)
    {
        var folder = Directory.CreateDirectory(Path.Combine(target, "usr", "share", "datasets", "fashion-mnist")).FullName;
        if (File.ReadAllText(archive) != "whole")
        {
            return new ProcessResult(2, "dpkg-deb: error: unexpected end of file");
        }

        foreach (var (name, content) in contents)
        {
            using var packed = new GZipStream(File.Create(Path.Combine(folder, name + ".gz")), CompressionMode.Compress);
            packed.Write(OtherContent ? Encoding.ASCII.GetBytes("another version") : content);
        }

        return new ProcessResult(0, string.Empty);
    }
}
