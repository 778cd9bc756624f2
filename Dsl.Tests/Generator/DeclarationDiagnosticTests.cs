using Microsoft.CodeAnalysis;

namespace LayerDsl.Tests.Generator;

/// <summary>Every wrong declaration gives one diagnostic, at the attribute, and no error beside it that explains less.</summary>
public sealed class DeclarationDiagnosticTests
{
    public static TheoryData<string, string, string> WrongDeclarations => new()
    {
        { "LDSL001", "LayerModel", "[LayerModel] public class M : nn.Module<Tensor, Tensor> { public M() : base(\"M\") { RegisterComponents(); } public override Tensor forward(Tensor x) => x; }" },
        { "LDSL001", "Linear(4, 3)", Model("[Linear(4, 3)] public Layer A => null!;", "x") },
        { "LDSL001", "Linear(4, 3)", "[Linear(4, 3)] public class A { }" },
        { "LDSL002", "LayerModel", "[LayerModel] public partial class M { }" },
        { "LDSL002", "Linear(4, 3)", "public class B { } [Linear(4, 3)] public partial class A : B { }" },
        { "LDSL002", "LayerModel", "public abstract class B : nn.Module<Tensor, Tensor> { protected B() : base(\"B\") { } } [LayerModel] public partial class M : B { [Linear(4, 3)] public partial Layer A { get; } public override Tensor forward(Tensor x) => A.forward(x); }" },
        { "LDSL003", "Linear(3, 4)", Model("[Linear(4, 3), Linear(3, 4)] public partial Layer A { get; }", "x") },
        { "LDSL004", "Compander(A = 2)", Model("[Linear(4, 3), Compander, Compander(A = 2)] public partial Layer A { get; }", "x") },
        { "LDSL005", "Compander", Model("[Compander] public partial Layer A { get; }", "x") },
        { "LDSL005", "LowRank(1)", "[LowRank(1)] public partial class A { }" },
        { "LDSL006", "Linear(\"width\", 3)", Model("[Linear(\"width\", 3)] public partial Layer A { get; }", "x") },
        { "LDSL007", "Linear(0, 3)", Model("[Linear(0, 3)] public partial Layer A { get; }", "x") },
        { "LDSL007", "Linear(4, -3)", Model("[Linear(4, -3)] public partial Layer A { get; }", "x") },
        { "LDSL007", "Conv2d(2, 0, 3)", Model("[Conv2d(2, 0, 3)] public partial Layer A { get; }", "x") },
        { "LDSL007", "Conv2d(2, 4, 3, Stride = 0)", Model("[Conv2d(2, 4, 3, Stride = 0)] public partial Layer A { get; }", "x") },
        { "LDSL007", "Conv2d(2, 4, 3, Padding = -1)", Model("[Conv2d(2, 4, 3, Padding = -1)] public partial Layer A { get; }", "x") },
        { "LDSL008", "Conv2d(4096, 4096, 32)", Model("[Conv2d(4096, 4096, 32)] public partial Layer A { get; }", "x") },
        { "LDSL021", "Conv2d(4, 6, 3, Groups = 4)", Model("[Conv2d(4, 6, 3, Groups = 4)] public partial Layer A { get; }", "x") },
        { "LDSL007", "BatchNorm2d(0)", Model("[BatchNorm2d(0)] public partial Layer A { get; }", "x") },
        { "LDSL007", "BatchNorm1d(0)", Model("[BatchNorm1d(0)] public partial Layer A { get; }", "x") },
        { "LDSL030", "BatchNorm1d(4, Eps = 0)", Model("[BatchNorm1d(4, Eps = 0)] public partial Layer A { get; }", "A.forward(x)") },
        { "LDSL030", "BatchNorm1d(4, Momentum = -0.5)", Model("[BatchNorm1d(4, Momentum = -0.5)] public partial Layer A { get; }", "A.forward(x)") },
        { "LDSL140", "Compander", "[BatchNorm1d(4), Compander] public partial class A;" },
        { "LDSL007", "LayerNorm(-1)", Model("[LayerNorm(-1)] public partial Layer A { get; }", "x") },
        { "LDSL030", "LayerNorm(4, Eps = 0)", Model("[LayerNorm(4, Eps = 0)] public partial Layer A { get; }", "A.forward(x)") },
        { "LDSL030", "LayerNorm(4, Eps = 1e-300)", Model("[LayerNorm(4, Eps = 1e-300)] public partial Layer A { get; }", "A.forward(x)") },
        { "LDSL030", "RmsNorm(4, Eps = double.NaN)", Model("[RmsNorm(4, Eps = double.NaN)] public partial Layer A { get; }", "A.forward(x)") },
        { "LDSL030", "BatchNorm2d(4, Momentum = 1.5)", Model("[BatchNorm2d(4, Momentum = 1.5)] public partial Layer A { get; }", "x") },
        { "LDSL007", "Embedding(0, 4)", Model("[Embedding(0, 4)] public partial Layer A { get; }", "x") },
        { "LDSL030", "Embedding(5, 4, PaddingIndex = 5)", Model("[Embedding(5, 4, PaddingIndex = 5)] public partial Layer A { get; }", "x") },
        { "LDSL030", "Embedding(16777217, 4)", Model("[Embedding(16777217, 4)] public partial Layer A { get; }", "x") },
        { "LDSL008", "Embedding(10000000, 4000)", Model("[Embedding(10000000, 4000)] public partial Layer A { get; }", "x") },
        { "LDSL140", "Compander", "[Embedding(5, 4), Compander] public partial class A;" },
        { "LDSL140", "Quantize(Bits = 4)", Model("[LayerNorm(4), Quantize(Bits = 4)] public partial Layer A { get; }", "A.forward(x)") },
        { "LDSL140", "LowRank(1)", "[BatchNorm2d(4), LowRank(1)] public partial class A;" },
        { "LDSL101", "LowRank(7)", Model("[Conv2d(2, 6, 3), LowRank(7)] public partial Layer A { get; }", "x") },
        { "LDSL003", "Conv2d(4, 3, 1)", Model("[Linear(4, 3), Conv2d(4, 3, 1)] public partial Layer A { get; }", "x") },
        { "LDSL008", "Linear(65536, 65536)", Model("[Linear(65536, 65536)] public partial Layer A { get; }", "x") },
        { "LDSL009", "Compander", "[Linear(4, 3)] public partial class A; [Compander] public partial class A;" },
        { "LDSL010", "Linear(4, 3)", "[Linear(4, 3)] public partial class A<T>;" },
        { "LDSL010", "Linear(4, 3)", "public partial class Outer<T> { [Linear(4, 3)] public partial class A; }" },
        { "LDSL011", "Linear(4, 3)", "public class Outer { [Linear(4, 3)] public partial class A; }" },
        { "LDSL012", "Linear(4, 3)", Model("[Linear(4, 3)] public partial object A { get; }", "x") },
        { "LDSL012", "Linear(4, 3)", Model("[Linear(4, 3)] public partial Layer A { get; set; }", "x") },
        { "LDSL013", "Linear(4, 3)", "public partial class C { [Linear(4, 3)] public Layer A => null!; }" },
        { "LDSL013", "Linear(4, 3)", "public partial class C { [Linear(4, 3), Compander, LowRank(1)] public Layer A => null!; }" },
        { "LDSL005", "Compander", "[Compander, LowRank(1)] public partial class A { }" },
        { "LDSL014", "LayerModel", "[LayerModel] public partial class M : nn.Module<Tensor, Tensor> { public M(int n) : base(\"M\") { RegisterComponents(); } [Linear(4, 3)] public partial Layer A { get; } public override Tensor forward(Tensor x) => A.forward(x); }" },
        { "LDSL015", "M", "[LayerModel] public partial class M : nn.Module<Tensor, Tensor> { public M() : base(\"M\") { } [Linear(4, 3)] public partial Layer A { get; } public override Tensor forward(Tensor x) => A.forward(x); }" },
        { "LDSL016", "LayerModel", Model(string.Empty, "x") },
        { "LDSL017", "Linear(4, 3)", "[Linear(4, 3)] public abstract partial class A;" },
        { "LDSL017", "Linear(4, 3)", "[Linear(4, 3)] file partial class A;" },
        { "LDSL018", "Linear(4, 3)", "[Linear(4, 3)] public partial class A { public A() : base(\"A\") { } }" },
        { "LDSL019", "LayerModel", Model("[Linear(4, 3)] public partial Layer Folded { get; }", "x") },
        { "LDSL019", "Linear(4, 3)", "[Linear(4, 3)] public partial class A { private int Pass; }" },
        { "LDSL019", "Linear(4, 3)", "[Linear(4, 3)] public partial class Tensor;" },
        { "LDSL104", "Compander(A = double.MaxValue)", Model("[Linear(4, 3), Compander(A = double.MaxValue)] public partial Layer A { get; }", "x") },
        { "LDSL020", "Linear(4, 3)", "namespace Demo { public class Parameter { } [Linear(4, 3)] public partial class A; }" },
        { "LDSL020", "LayerModel", Model("[Linear(4, 3)] public partial Layer Math { get; }", "Math.forward(x)") },
        { "LDSL019", "Linear(4, 3)", "[Linear(4, 3)] public partial class bias;" },
        { "LDSL012", "Linear(4, 3)", "public partial interface I { Layer A { get; } } [LayerModel] public partial class M : nn.Module<Tensor, Tensor>, I { [Linear(4, 3)] partial Layer I.A { get; } public override Tensor forward(Tensor x) => x; }" },
        { "LDSL103", "LowRank(1, Alpha = 1e300)", Model("[Linear(4, 3), LowRank(1, Alpha = 1e300)] public partial Layer A { get; }", "x") },
        { "LDSL015", "M", "[LayerModel] public partial class M : nn.Module<Tensor, Tensor> { public M() : base(nameof(RegisterComponents)) { } [Linear(4, 3)] public partial Layer A { get; } public override Tensor forward(Tensor x) => A.forward(x); }" },
        { "LDSL101", "LowRank(0)", Model("[Linear(4, 3), LowRank(0)] public partial Layer A { get; }", "x") },
        { "LDSL101", "LowRank(4)", Model("[Linear(4, 3), LowRank(4)] public partial Layer A { get; }", "x") },
        { "LDSL102", "LowRank(3)", Model("[Linear(4, 3), LowRank(3)] public partial Layer A { get; }", "A.forward(x)") },
        { "LDSL103", "LowRank(1, Alpha = 0, Init = LowRankInit.PiSSA)", Model("[Linear(4, 3), LowRank(1, Alpha = 0, Init = LowRankInit.PiSSA)] public partial Layer A { get; }", "x") },
        { "LDSL104", "Compander(B = -1)", Model("[Linear(4, 3), Compander(B = -1)] public partial Layer A { get; }", "x") },
        { "LDSL105", "Compander(A = 0.01)", Model("[Linear(4, 3), Compander(A = 0.01)] public partial Layer A { get; }", "x") },
        { "LDSL106", "Compander(Curve = (Curve)9)", Model("[Linear(4, 3), Compander(Curve = (Curve)9)] public partial Layer A { get; }", "x") },
        { "LDSL110", "Quantize(Bits = 9)", Model("[Linear(4, 3), Quantize(Bits = 9)] public partial Layer A { get; }", "x") },
        { "LDSL110", "Quantize(Bits = 0)", Model("[Linear(4, 3), Quantize(Bits = 0)] public partial Layer A { get; }", "x") },
        { "LDSL110", "Quantize(Bits = 1, Scheme = Scheme.Log2)", Model("[Linear(4, 3), Quantize(Bits = 1, Scheme = Scheme.Log2)] public partial Layer A { get; }", "x") },
        { "LDSL110", "Quantize(Scheme = Scheme.Nf4)", Model("[Linear(4, 3), Quantize(Scheme = Scheme.Nf4)] public partial Layer A { get; }", "x") },
        { "LDSL111", "Quantize(Granularity = Granularity.Group)", Model("[Linear(100, 3), Quantize(Granularity = Granularity.Group)] public partial Layer A { get; }", "x") },
        { "LDSL111", "Quantize(Granularity = Granularity.Group, GroupSize = 0)", Model("[Linear(4, 3), Quantize(Granularity = Granularity.Group, GroupSize = 0)] public partial Layer A { get; }", "x") },
        { "LDSL111", "Quantize(Granularity = Granularity.Group, GroupSize = -4)", Model("[Linear(4, 3), Quantize(Granularity = Granularity.Group, GroupSize = -4)] public partial Layer A { get; }", "x") },
        { "LDSL112", "Quantize(Bits = 4, Scheme = Scheme.StatsQ, Symmetric = false)", Model("[Linear(4, 3), Quantize(Bits = 4, Scheme = Scheme.StatsQ, Symmetric = false)] public partial Layer A { get; }", "x") },
        { "LDSL113", "Quantize(Granularity = Granularity.Group, GroupSize = 2)", Model("[Conv2d(2, 4, 3), Quantize(Granularity = Granularity.Group, GroupSize = 2)] public partial Layer A { get; }", "x") },
        { "LDSL115", "Quantize(Bits = 4, GroupSize = 2)", Model("[Linear(4, 3), Quantize(Bits = 4, GroupSize = 2)] public partial Layer A { get; }", "A.forward(x)") },
        { "LDSL115", "Quantize(Scales = BinaryScales.PowerOfTwo)", Model("[Linear(4, 3), Quantize(Scales = BinaryScales.PowerOfTwo)] public partial Layer A { get; }", "A.forward(x)") },
        { "LDSL115", "LowRank(1, RankStabilized = true)", Model("[Linear(4, 3), LowRank(1, RankStabilized = true)] public partial Layer A { get; }", "A.forward(x)") },
        { "LDSL115", "LowRank(1, Alpha = 0)", Model("[Linear(4, 3), LowRank(1, Alpha = 0)] public partial Layer A { get; }", "A.forward(x)") },
        { "LDSL115", "SparseIso(0.5, Kind = SparseKind.Doped)", Model("[Linear(1, 3), SparseIso(0.5, Kind = SparseKind.Doped)] public partial Layer A { get; }", "A.forward(x)") },
        { "LDSL114", "Quantize(Bits = 4, Scheme = Scheme.Nf4, Rounding = Rounding.Stochastic)", Model("[Linear(4, 3), Quantize(Bits = 4, Scheme = Scheme.Nf4, Rounding = Rounding.Stochastic)] public partial Layer A { get; }", "x") },
        { "LDSL114", "Quantize(Bits = 1, Rounding = Rounding.Stochastic)", Model("[Linear(4, 3), Quantize(Bits = 1, Rounding = Rounding.Stochastic)] public partial Layer A { get; }", "x") },
        { "LDSL110", "Quantize(Bits = 5, Scheme = Scheme.Binary)", Model("[Linear(4, 3), Quantize(Bits = 5, Scheme = Scheme.Binary)] public partial Layer A { get; }", "x") },
        { "LDSL110", "Quantize(Bits = 1, Scheme = Scheme.Apot)", Model("[Linear(4, 3), Quantize(Bits = 1, Scheme = Scheme.Apot)] public partial Layer A { get; }", "x") },
        { "LDSL106", "Quantize(Rounding = (Rounding)2)", Model("[Linear(4, 3), Quantize(Rounding = (Rounding)2)] public partial Layer A { get; }", "x") },
        { "LDSL106", "Quantize(Bits = 2, Scheme = Scheme.Binary, Scales = (BinaryScales)3)", Model("[Linear(4, 3), Quantize(Bits = 2, Scheme = Scheme.Binary, Scales = (BinaryScales)3)] public partial Layer A { get; }", "x") },
        { "LDSL130", "Quantize(Scheme = Scheme.Pact)", Model("[Linear(4, 3), Quantize(Scheme = Scheme.Pact)] public partial Layer A { get; }", "x") },
        { "LDSL131", "Quantize(Activations = true, ActivationScheme = Scheme.Log2)", Model("[Linear(4, 3), Quantize(Activations = true, ActivationScheme = Scheme.Log2)] public partial Layer A { get; }", "x") },
        { "LDSL131", "Quantize(Activations = true, ActivationScheme = (Scheme)77)", Model("[Linear(4, 3), Quantize(Activations = true, ActivationScheme = (Scheme)77)] public partial Layer A { get; }", "x") },
        { "LDSL132", "Quantize(Activations = true, ActivationBits = 9)", Model("[Linear(4, 3), Quantize(Activations = true, ActivationBits = 9)] public partial Layer A { get; }", "x") },
        { "LDSL132", "Quantize(Activations = true, ActivationBits = 1, ActivationSymmetric = true)", Model("[Conv2d(2, 4, 3), Quantize(Activations = true, ActivationBits = 1, ActivationSymmetric = true)] public partial Layer A { get; }", "x") },
        { "LDSL133", "Quantize(ActivationBits = 4)", Model("[Linear(4, 3), Quantize(ActivationBits = 4)] public partial Layer A { get; }", "x") },
        { "LDSL133", "Quantize(Activations = false, ActivationScheme = Scheme.Lsq)", Model("[Linear(4, 3), Quantize(Activations = false, ActivationScheme = Scheme.Lsq)] public partial Layer A { get; }", "x") },
        { "LDSL134", "Quantize(Activations = true, ActivationScheme = Scheme.Pact, ActivationSymmetric = true)", Model("[Linear(4, 3), Quantize(Activations = true, ActivationScheme = Scheme.Pact, ActivationSymmetric = true)] public partial Layer A { get; }", "x") },
        { "LDSL106", "Quantize(Scheme = (Scheme)77)", Model("[Linear(4, 3), Quantize(Scheme = (Scheme)77)] public partial Layer A { get; }", "x") },
        { "LDSL106", "Quantize(Granularity = (Granularity)(-1))", Model("[Linear(4, 3), Quantize(Granularity = (Granularity)(-1))] public partial Layer A { get; }", "x") },
        { "LDSL120", "SparseIso(1, Kind = SparseKind.Doped)", Model("[Linear(4, 3), SparseIso(1, Kind = SparseKind.Doped)] public partial Layer A { get; }", "A.forward(x)") },
        { "LDSL120", "SparseIso(-0.1, Kind = SparseKind.Doped)", Model("[Linear(4, 3), SparseIso(-0.1, Kind = SparseKind.Doped)] public partial Layer A { get; }", "A.forward(x)") },
        { "LDSL120", "SparseIso(double.NaN, Kind = SparseKind.Doped)", Model("[Linear(4, 3), SparseIso(double.NaN, Kind = SparseKind.Doped)] public partial Layer A { get; }", "A.forward(x)") },
        { "LDSL121", "SparseIso(0.7, Kind = SparseKind.Parallel)", Model("[Linear(4, 3), SparseIso(0.7, Kind = SparseKind.Parallel)] public partial Layer A { get; }", "A.forward(x)") },
        { "LDSL122", "SparseIso(0.5, Kind = SparseKind.Parallel)", Model("[Linear(4, 3), Compander, SparseIso(0.5, Kind = SparseKind.Parallel)] public partial Layer A { get; }", "A.forward(x)") },
        { "LDSL122", "SparseIso(0.5, Kind = SparseKind.Factorized)", Model("[Linear(4, 3), LowRank(1), SparseIso(0.5, Kind = SparseKind.Factorized)] public partial Layer A { get; }", "A.forward(x)") },
        { "LDSL123", "SparseIso(0.75, Kind = SparseKind.Doped, Mask = MaskSchedule.RigL)", Model("[Linear(4, 3), LowRank(1), SparseIso(0.75, Kind = SparseKind.Doped, Mask = MaskSchedule.RigL)] public partial Layer A { get; }", "A.forward(x)") },
        { "LDSL127", "Quantize(Bits = 1)", Model("[Linear(4, 3), SparseIso(0.75), Quantize(Bits = 1)] public partial Layer A { get; } [Linear(3, 2)] public partial Layer B { get; }", "B.forward(A.forward(x))") },
        { "LDSL126", "SparseIso(0.5, Kind = SparseKind.Parallel, Mask = MaskSchedule.Set)", Model("[Linear(4, 3), SparseIso(0.5, Kind = SparseKind.Parallel, Mask = MaskSchedule.Set), LowRank(1, Freeze = true)] public partial Layer A { get; }", "A.forward(x)") },
        { "LDSL125", "SparseIso(0.9, Kind = SparseKind.Parallel)", Model("[Linear(16384, 16384), SparseIso(0.9, Kind = SparseKind.Parallel)] public partial Layer A { get; }", "A.forward(x)") },
        { "LDSL008", "Linear(20000, 20000)", Model("[Linear(4, 20000), SparseIso(0.99)] public partial Layer A { get; } [Linear(20000, 20000)] public partial Layer B { get; }", "B.forward(A.forward(x))") },
        { "LDSL125", "SparseIso(0.9999999999999999, Kind = SparseKind.Factorized)", Model("[Linear(400, 300), SparseIso(0.9999999999999999, Kind = SparseKind.Factorized)] public partial Layer A { get; }", "A.forward(x)") },
        { "LDSL106", "SparseIso(0.5, Kind = (SparseKind)9)", Model("[Linear(4, 3), SparseIso(0.5, Kind = (SparseKind)9)] public partial Layer A { get; }", "A.forward(x)") },
        { "LDSL106", "SparseIso(0.5, Kind = SparseKind.Doped, Mask = (MaskSchedule)9)", Model("[Linear(4, 3), SparseIso(0.5, Kind = SparseKind.Doped, Mask = (MaskSchedule)9)] public partial Layer A { get; }", "A.forward(x)") },
        { "LDSL124", "SparseIso(0.75)", Model("[Linear(4, 3), SparseIso(0.75)] public partial Layer A { get; }", "A.forward(x)") },
        { "LDSL124", "SparseIso(0.75)", "[Linear(4, 3), SparseIso(0.75)] public partial class A;" },
        { "LDSL124", "SparseIso(0.75)", Model("[Linear(4, 8), SparseIso(0.75)] public partial Layer A { get; } [Linear(8, 3)] public partial Layer B { get; }", "B.forward(A.forward(x).view(-1, 8))") },
        { "LDSL124", "SparseIso(0.75)", Model("[Linear(4, 4), SparseIso(0.75)] public partial Layer A { get; } [Linear(4, 3)] public partial Layer B { get; }", "B.forward(x + A.forward(x))") },
        { "LDSL007", "Attention(8, 0)", Model("[Attention(8, 0)] public partial Layer A { get; }", "x") },
        { "LDSL007", "Attention(8, 2, KvHeads = -1)", Model("[Attention(8, 2, KvHeads = -1)] public partial Layer A { get; }", "x") },
        { "LDSL008", "Attention(65536, 2)", Model("[Attention(65536, 2)] public partial Layer A { get; }", "x") },
        { "LDSL031", "Attention(8, 3)", Model("[Attention(8, 3)] public partial Layer A { get; }", "x") },
        { "LDSL031", "Attention(8, 4, KvHeads = 3)", "[Attention(8, 4, KvHeads = 3)] public partial class A;" },
        { "LDSL004", "Quantize(Bits = 4, On = Part.Key)", Model("[Attention(8, 2), Quantize(On = Part.Query | Part.Key), Quantize(Bits = 4, On = Part.Key)] public partial Layer A { get; }", "x") },
        { "LDSL101", "LowRank(5, On = Part.Key)", Model("[Attention(8, 2, KvHeads = 1), LowRank(5, On = Part.Key)] public partial Layer A { get; }", "x") },
        { "LDSL150", "Quantize(On = Part.Query)", Model("[Linear(4, 3), Quantize(On = Part.Query)] public partial Layer A { get; }", "x") },
        { "LDSL150", "Quantize(On = Part.None)", Model("[Attention(8, 2), Quantize(On = Part.None)] public partial Layer A { get; }", "x") },
        { "LDSL151", "QKReparam", Model("[Linear(4, 3), QKReparam] public partial Layer A { get; }", "x") },
        { "LDSL151", "QKReparam", Model("[Attention(8, 4, KvHeads = 2), QKReparam] public partial Layer A { get; }", "x") },
        { "LDSL151", "QKReparam", Model("[Attention(8, 2), QKReparam, LowRank(2)] public partial Layer A { get; }", "x") },
        { "LDSL151", "QKReparam", Model("[Attention(8, 2), QKReparam, Quantize(On = Part.Key)] public partial Layer A { get; }", "x") },
        { "LDSL151", "QKReparam", Model("[Attention(8, 2), Quantize, QKReparam] public partial Layer A { get; }", "x") },
        { "LDSL151", "QKReparam", Model("[Attention(8, 2), QKReparam, Quantize(Activations = true)] public partial Layer A { get; }", "x") },
        { "LDSL124", "SparseIso(0.5)", "[Attention(8, 2), SparseIso(0.5)] public partial class A;" },
        { "LDSL022", "A", "[Linear(\"n\", 3)] public partial class A { public partial A(int n, string name); }" },
        { "LDSL022", "A", "[Linear(\"n\", 3)] public partial class A { public partial A(int n, ref int m); }" },
        { "LDSL022", "A", "[Linear(\"weight\", 3)] public partial class A { public partial A(int weight); }" },
        { "LDSL022", "A", "[Linear(\"fold\", 3)] public partial class A { public partial A(int fold); }" },
        { "LDSL022", "A", "[Conv2d(\"format\", 4, 3), Quantize(Bits = 4)] public partial class A { public partial A(int format); }" },
        { "LDSL022", "A", "[Linear(\"toString\", 3)] public partial class A { public partial A(int toString); }" },
        { "LDSL022", "A", "[Linear(\"torch\", 3)] public partial class A { public partial A(int torch); }" },
        { "LDSL007", "Attention(\"n\", 0)", "[Attention(\"n\", 0)] public partial class A { public partial A(int n); }" },
        { "LDSL020", "LayerModel", "enum ArenaLife { Short } [LayerModel] public partial class M : nn.Module<Tensor, Tensor> { public partial M(int n); [Linear(\"n\", 3), Compander] public partial Layer A { get; } [Linear(3, 3)] public partial Layer B { get; } public override Tensor forward(Tensor x) => B.forward(A.forward(x)); }" },
        { "LDSL022", "A", "[Linear(\"layerSizes\", 3)] public partial class A { public partial A(int layerSizes); }" },
        { "LDSL022", "A", "[Linear(\"equals\", 3)] public partial class A { public partial A(int equals); }" },
        { "LDSL022", "M", "[LayerModel] public partial class M : nn.Module<Tensor, Tensor> { public partial M(int fold); [Linear(\"fold\", 3)] public partial Layer A { get; } public override Tensor forward(Tensor x) => A.forward(x); }" },
        { "LDSL020", "Linear(4, 3)", "namespace Demo.Math { public class Sum { } } namespace Demo { [Linear(4, 3)] public partial class A; }" },
        { "LDSL020", "Linear(4, 3)", "[Linear(4, 3)] public partial class A { private static void CheckInput(int n) { } }" },
        { "LDSL020", "LayerModel", "public abstract class Base : nn.Module<Tensor, Tensor> { protected Base(string name) : base(name) { } protected double Math { get; set; } } [LayerModel] public partial class M : Base { public M() : base(\"M\") { RegisterComponents(); } [Linear(4, 3)] public partial Layer A { get; } public override Tensor forward(Tensor x) => A.forward(x); }" },
        { "LDSL020", "Linear(4, 3)", "[Linear(4, 3), Compander] public partial class A { private readonly struct WeightLoop { } }" },
        { "LDSL022", "A", "[Linear(\"rounded\", 3), Quantize(Activations = true)] public partial class A { public partial A(int rounded); }" },
        { "LDSL022", "M", "[LayerModel(5, 8)] public partial class M : nn.Module<Tensor, Tensor> { public partial M(int MixerGeometry); [Linear(8, \"MixerGeometry\")] public partial Layer First { get; } [Attention(\"MixerGeometry\", 2)] public partial Layer Mixer { get; } public override Tensor forward(Tensor x) => Mixer.forward(First.forward(x)); }" },
        { "LDSL022", "M", "[LayerModel] public partial class M : nn.Module<Tensor, Tensor> { public partial M(int RequireLinear); [Linear(\"RequireLinear\", 3)] public partial Layer A { get; } public override Tensor forward(Tensor x) => A.forward(x); }" },
        { "LDSL022", "M", "[LayerModel] public partial class M : nn.Module<Tensor, Tensor> { public partial M(int AFormat); [Linear(\"AFormat\", 3), Quantize] public partial Layer A { get; } public override Tensor forward(Tensor x) => A.forward(x); }" },
        { "LDSL020", "Linear(4, 3)", "namespace Demo { public class QuantizedFormat { } [Linear(4, 3), Quantize] public partial class A; }" },
        { "LDSL020", "LayerModel", "enum ModelSize { Small } [LayerModel] public partial class M : nn.Module<Tensor, Tensor> { public partial M(int n); [Linear(\"n\", 3), Compander] public partial Layer A { get; } [Linear(3, 3)] public partial Layer B { get; } public override Tensor forward(Tensor x) => B.forward(A.forward(x)); }" },
        { "LDSL022", "A", "[Linear(\"n\", 3)] public partial class A { public partial A(int n); public int N => 1; }" },
        { "LDSL022", "A", "[Linear(\"n\", \"N\")] public partial class A { public partial A(int n, int N); }" },
        { "LDSL022", "A", "[Linear(\"n\", 3)] public partial class A { public partial A(int n); public partial A(int n, int m); }" },
        { "LDSL023", "SparseIso(0.5, Kind = SparseKind.Doped)", "[Linear(\"n\", 8), SparseIso(0.5, Kind = SparseKind.Doped)] public partial class A { public partial A(int n); }" },
        { "LDSL023", "QKReparam", "public partial class A { [Attention(nameof(n), 2), QKReparam] public partial A(int n); }" },
        { "LDSL023", "Reparam(typeof(Square), On = Part.Key)", "[Reparameterization(Square = true)] public static partial class Square { public static Weight Map(Weight v) => Functions.Inverse(v); } [Attention(\"n\", 4, KvHeads = 2), Reparam(typeof(Square), On = Part.Key)] public partial class A { public partial A(int n); }" },
        { "LDSL030", "Attention(\"n\", 4, \"k\", KvHeads = 2)", "[Attention(\"n\", 4, \"k\", KvHeads = 2)] public partial class A { public partial A(int n, int k); }" },
        { "LDSL031", "Attention(8, 4, \"K\")", "[Attention(8, 4, \"K\")] public partial class A { private const int K = 3; }" },
        { "LDSL006", "Attention(\"n\", 4, \"m\")", "[Attention(\"n\", 4, \"m\")] public partial class A { public partial A(int n, int k); }" },
        { "LDSL031", "Attention(8, \"n\", KvHeads = 3)", "[Attention(8, \"n\", KvHeads = 3)] public partial class A { public partial A(int n); }" },
        { "LDSL022", "Reparam(typeof(Scaled))", "[Reparameterization] public static partial class Scaled { public static Weight Map(Weight v, [PerRow, Start(1)] Weight Width) => v * Width; } [Linear(\"width\", 3), Reparam(typeof(Scaled))] public partial class A { public partial A(int width); }" },
        { "LDSL021", "Conv2d(\"n\", 9, 3, Groups = 2)", "[Conv2d(\"n\", 9, 3, Groups = 2)] public partial class A { public partial A(int n); }" },
        { "LDSL001", "Linear(nameof(n), 8)", "public partial class A { [Linear(nameof(n), 8)] public A(int n) : base(\"A\") { } }" },
        { "LDSL009", "Linear(nameof(n), 8)", "[Linear(4, 8)] public partial class A { [Linear(nameof(n), 8)] public partial A(int n); }" },
        { "LDSL018", "Linear(\"n\", 8)", "[Linear(\"n\", 8)] public partial class A { public partial A(int n); public A(string s) : base(s) { } }" },
        { "LDSL006", "Linear(\"m\", 8)", "[Linear(\"m\", 8)] public partial class A { public partial A(int n); }" },
        { "LDSL019", "Attention(8, 2)", "[Attention(8, 2)] public partial class A { private int QueryLayer; }" },
        { "LDSL306", "LayerModel", "[LayerModel] public abstract partial class N : nn.Module<Tensor, Tensor> { protected N() : base(\"N\") { } } [LayerModel] public partial class M : nn.Module<Tensor, Tensor> { [Linear(4, 3)] public partial Layer A { get; } }" },
    };

    [Theory]
    [MemberData(nameof(WrongDeclarations))]
    public void A_wrong_declaration_gives_one_diagnostic_at_the_attribute(string id, string at, string source)
    {
        var run = GeneratorRun.Of(source);
        var diagnostic = Assert.Single(run.Diagnostics, found => found.Id == id);
        Assert.Equal(at, run.TextAt(diagnostic));
        Assert.DoesNotContain(run.Diagnostics, found => found.Id != id && !(id == "LDSL306" && found.Id == "LDSL017"));
        Assert.Null(run.Result.Results.Single().Exception);
        Assert.Contains("docs/diagnostics/" + id, diagnostic.Descriptor.HelpLinkUri, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("LDSL115", "[Attention(4, 2, KvHeads = 1), SparseIso(0.1, Kind = SparseKind.Doped)] public partial class A;", "what 16 weights save at 0.1 is not enough for a product of rank 1; choose another kind (Query, Key, Value, Output)")]
    [InlineData("LDSL115", "[Attention(4, 2), SparseIso(0.1, Kind = SparseKind.Doped, On = Part.Key | Part.Value)] public partial class A;", "rank 1; choose another kind")]
    [InlineData("LDSL127", "[Attention(8, 2), SparseIso(0.5, On = Part.Query | Part.Key), Quantize(Bits = 2, Scheme = Scheme.Binary)] public partial class A;", "the masked weights of 'A.query' and 'A.key' are not zero")]
    [InlineData("LDSL101", "[Attention(8, 4, KvHeads = 1), LowRank(9)] public partial class A;", "rank 9 is outside 1…8")]
    public void What_several_projections_say_of_an_attribute_is_said_once(string id, string source, string part)
    {
        var diagnostic = Assert.Single(GeneratorRun.Of(source).Diagnostics, found => found.Id == id);
        Assert.Contains(part, diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal);
    }

    [Fact]
    public void One_projection_may_say_two_things() => Assert.Equal(
        ["LDSL115", "LDSL115"], GeneratorRun.Of("[Attention(8, 2), Quantize(GroupSize = 2, Scales = BinaryScales.PowerOfTwo)] public partial class A;").Diagnostics.Select(diagnostic => diagnostic.Id));

    [Fact]
    public void Every_diagnostic_has_a_documentation_page_with_a_wrong_and_a_right_example()
    {
        foreach (var descriptor in DescriptorTable.All)
        {
            var page = Path.Combine(RepositoryRoot.Path, "docs", "diagnostics", descriptor.Id + ".md");
            Assert.True(File.Exists(page), page + " is missing");
            var text = File.ReadAllText(page);
            Assert.Contains("# " + descriptor.Id, text, StringComparison.Ordinal);
            Assert.Contains("## Wrong", text, StringComparison.Ordinal);
            Assert.Contains("## Right", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Every_error_and_warning_has_a_test()
    {
        var tested = WrongDeclarations.Select(row => (string)row[0]).ToHashSet();
        var elsewhere = new[] { "LDSL201", "LDSL202", "LDSL203", "LDSL204", "LDSL205", "LDSL301", "LDSL302", "LDSL303", "LDSL304", "LDSL305", "LDSL307", "LDSL308", "LDSL309", "LDSL310", "LDSL501", "LDSL502", "LDSL503", "LDSL504", "LDSL505" };
        Assert.Empty(DescriptorTable.All.Where(descriptor => descriptor.DefaultSeverity >= DiagnosticSeverity.Warning).Select(descriptor => descriptor.Id).Except(tested).Except(elsewhere));
    }

    private static string Model(string members, string body) =>
        "[LayerModel] public partial class M : nn.Module<Tensor, Tensor> { " + members + " public override Tensor forward(Tensor x) => " + body + "; }";
}

/// <summary>All descriptors, found by their type so that a new one cannot be forgotten.</summary>
internal static class DescriptorTable
{
    public static IReadOnlyList<DiagnosticDescriptor> All { get; } =
    [
        .. typeof(LayerDsl.Generator.LayerGenerator).Assembly.GetTypes()
            .Where(type => type.Namespace?.StartsWith("LayerDsl.Generator.Diagnostics", StringComparison.Ordinal) == true)
            .SelectMany(type => type.GetFields(System.Reflection.BindingFlags.Static | System.Reflection.BindingFlags.Public))
            .Where(field => field.FieldType == typeof(DiagnosticDescriptor))
            .Select(field => (DiagnosticDescriptor)field.GetValue(null)!),
    ];
}
