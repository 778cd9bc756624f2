using Microsoft.CodeAnalysis;
using VerifyXunit;

namespace LayerDsl.Tests.Generator;

/// <summary>The generated code as users read it in code review. A change here is a change of the product.</summary>
public sealed class SnapshotTests
{
    [Fact]
    public Task A_model_with_companded_low_rank_and_plain_layers() => Verifier.Verify(Generate("""
        namespace Demo;

        [LayerModel]
        public sealed partial class FashionMlp : nn.Module<Tensor, Tensor>
        {
            [Linear(784, 512), Compander] public partial Layer Hidden { get; }
            [Linear(512, 512), LowRank(8)] public partial Layer Middle { get; }
            [Linear(512, 10)] public partial Layer Head { get; }

            public override Tensor forward(Tensor x) =>
                Head.forward(nn.functional.relu(Middle.forward(nn.functional.relu(Hidden.forward(x)))));
        }
        """));

    [Fact]
    public Task A_layer_class_with_both_methods() => Verifier.Verify(Generate("""
        namespace Demo;

        public static partial class Layers
        {
            [Linear(64, 32, Bias = false), LowRank(4, Alpha = 8, Init = LowRankInit.PiSSA), Compander(Curve = Curve.Softsign)]
            public sealed partial class Projection;
        }
        """));

    [Fact]
    public Task Layers_that_are_quantized() => Verifier.Verify(Generate("""
        namespace Demo;

        [LayerModel(1, 8, 8)]
        public sealed partial class Quantized : nn.Module<Tensor, Tensor>
        {
            [Conv2d(1, 4, 3, Padding = 1), Quantize(Bits = 8)] public partial Layer Stem { get; }
            [Linear(256, 64), Quantize(Bits = 4, Scheme = Scheme.Nf4, Granularity = Granularity.Group, GroupSize = 32), LowRank(4)] public partial Layer Middle { get; }
            [Linear(64, 10), Quantize(Bits = 4, Scheme = Scheme.Lsq)] public partial Layer Head { get; }

            public override Tensor forward(Tensor x) => Head.forward(Middle.forward(Stem.forward(x).flatten(1)).relu());
        }
        """));

    [Fact]
    public Task Layers_with_rounded_inputs() => Verifier.Verify(Generate("""
        namespace Demo;

        [LayerModel(1, 8, 8)]
        public sealed partial class Rounded : nn.Module<Tensor, Tensor>
        {
            [Conv2d(1, 4, 3, Padding = 1), Quantize(Activations = true)] public partial Layer Stem { get; }
            [Linear(256, 64), Quantize(Bits = 4, Symmetric = false, Granularity = Granularity.Group, GroupSize = 32, Activations = true, ActivationScheme = Scheme.Lsq)] public partial Layer Middle { get; }
            [Linear(64, 10), Quantize(Bits = 4, Scheme = Scheme.Log2, Activations = true, ActivationBits = 4, ActivationScheme = Scheme.Pact)] public partial Layer Head { get; }

            public override Tensor forward(Tensor x) => Head.forward(Middle.forward(Stem.forward(x).relu().flatten(1)).relu());
        }
        """));

    [Fact]
    public Task A_model_with_normalizations() => Verifier.Verify(Generate("""
        namespace Demo;

        [LayerModel(3, 8, 8)]
        public sealed partial class Normalized : nn.Module<Tensor, Tensor>
        {
            [BatchNorm2d(3, Momentum = 0.2)] public partial Layer Images { get; }
            [LayerNorm(192)] public partial Layer Rows { get; }
            [BatchNorm1d(192)] public partial Layer Columns { get; }
            [RmsNorm(192)] public partial Layer Scaled { get; }

            public override Tensor forward(Tensor x) => Scaled.forward(Columns.forward(Rows.forward(Images.forward(x).flatten(1)).relu()));
        }
        """));

    [Fact]
    public Task A_model_with_merged_normalizations_and_an_embedding() => Verifier.Verify(Generate("""
        namespace Demo;

        [LayerModel(4)]
        public sealed partial class Tokens : nn.Module<Tensor, Tensor>
        {
            [Embedding(50, 16, PaddingIndex = 0)] public partial Layer Table { get; }
            [Conv2d(1, 8, 3, Bias = false)] public partial Layer Stem { get; }
            [BatchNorm2d(8)] public partial Layer StemNorm { get; }
            [LayerNorm(224)] public partial Layer Norm { get; }
            [Linear(224, 5)] public partial Layer Head { get; }

            public override Tensor forward(Tensor x)
            {
                var image = StemNorm.forward(Stem.forward(Table.forward(x).view(-1, 1, 4, 16))).relu();
                return Head.forward(Norm.forward(image.flatten(1)));
            }
        }
        """));

    [Fact]
    public Task A_model_with_attention() => Verifier.Verify(Generate("""
        namespace Demo;

        [LayerModel(16, 64)]
        public sealed partial class Tokens : nn.Module<Tensor, Tensor>
        {
            [Attention(64, 4, Causal = true), Quantize(Bits = 4, On = Part.Query | Part.Key)] public partial Layer Mixer { get; }
            [Attention(64, 4), QKReparam, Quantize(Bits = 2, Scheme = Scheme.StatsQ, On = Part.Query | Part.Key)] public partial Layer Merged { get; }

            public override Tensor forward(Tensor x) => x + Merged.forward(x + Mixer.forward(x));
        }
        """));

    [Fact]
    public Task A_forward_with_every_kind_of_step() => Verifier.Verify(Generate("""
        [LayerModel]
        public sealed partial class Steps : nn.Module<Tensor, Tensor>
        {
            [Linear(12, 8)] public partial Layer First { get; }
            [Linear(4, 4, Bias = false)] public partial Layer Second { get; }

            public override Tensor forward(Tensor x)
            {
                var a = First.forward(x.flatten(1));
                var b = nn.functional.gelu(a) * a.sigmoid() - 0.5 * a;
                var c = Second.forward(b.view(-1, 2, 4)).tanh();
                return nn.functional.softmax(1 - c, -1).reshape(x.shape[0], -1);
            }
        }
        """));

    [Fact]
    public Task A_model_with_convolutions() => Verifier.Verify(Generate("""
        namespace Demo;

        [LayerModel(1, 28, 28)]
        public sealed partial class ConvNet : nn.Module<Tensor, Tensor>
        {
            [Conv2d(1, 8, 5, Padding = 2), Compander] public partial Layer Stem { get; }
            [Conv2d(8, 8, 3, Stride = 2, Padding = 1, Groups = 8, Bias = false)] public partial Layer Depthwise { get; }
            [Conv2d(8, 32, 1), LowRank(4)] public partial Layer Pointwise { get; }
            [Linear(32, 10)] public partial Layer Head { get; }

            public override Tensor forward(Tensor x)
            {
                var h = nn.functional.max_pool2d(Stem.forward(x).relu(), 2);
                h = Pointwise.forward(Depthwise.forward(h)).relu();
                return Head.forward(nn.functional.adaptive_avg_pool2d(h, 1).flatten(1));
            }
        }
        """));

    [Fact]
    public Task A_model_with_wide_doped_and_factorized_layers() => Verifier.Verify(Generate("""
        namespace Demo;

        [LayerModel]
        public sealed partial class SparseMlp : nn.Module<Tensor, Tensor>
        {
            [Linear(784, 256), SparseIso(0.75, Mask = MaskSchedule.RigL)] public partial Layer Hidden { get; }
            [Linear(256, 64), SparseIso(0.5, Kind = SparseKind.Doped, Mask = MaskSchedule.Set)] public partial Layer Middle { get; }
            [Linear(64, 10), SparseIso(0.75, Kind = SparseKind.Factorized, Mask = MaskSchedule.RigL)] public partial Layer Head { get; }

            public override Tensor forward(Tensor x) =>
                Head.forward(nn.functional.relu(Middle.forward(nn.functional.relu(Hidden.forward(x)))));
        }
        """));

    private static GeneratorDriverRunResult Generate(string source)
    {
        var run = GeneratorRun.Of(source);
        Assert.Empty(run.CompileErrors);
        return run.Result;
    }
}
