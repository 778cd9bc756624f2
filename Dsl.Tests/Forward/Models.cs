using LayerDsl.Tests.Generator;

namespace LayerDsl.Tests.Forward;

/// <summary>A model with three layers, Hidden 6 → 4, Middle 4 → 4 and Head 4 → 3, around a body of forward.</summary>
internal static class Models
{
    public static GeneratorRun Run(string body, string members = "") => GeneratorRun.Of(Source(body, members));

    public static string Source(string body, string members = "") => $$"""
        using static TorchSharp.torch.nn.functional;
        using Approximate = TorchSharp.Modules.GELU.Approximate;

        [LayerModel]
        public sealed partial class M : nn.Module<Tensor, Tensor>
        {
            public M() : base("M") => RegisterComponents();

            {{Layer("Hidden", 6, 4, body)}}
            {{Layer("Middle", 4, 4, body)}}
            {{Layer("Head", 4, 3, body)}}
            {{members}}

            public override Tensor forward(Tensor x) {{(body.Contains("return", StringComparison.Ordinal) ? "{ " + body + " }" : "=> " + body + ";")}}
        }
        """;

    /// <summary>The steps that the folded model was generated from, as its signature tells them; the result of step n is n, the input -1.</summary>
    public static string Steps(GeneratorRun run)
    {
        var text = run.File("M.Folded.g.cs");
        var signature = text.Split("Signature = \"")[1].Split('"')[0];
        return string.Join("; ", signature.Split("; ").Where(part => !part.Contains("Linear(", StringComparison.Ordinal)));
    }

    private static string Layer(string name, int inputs, int outputs, string body) =>
        body.Contains(name, StringComparison.Ordinal) ? $"[Linear({inputs}, {outputs})] public partial Layer {name} {{ get; }}" : string.Empty;
}
