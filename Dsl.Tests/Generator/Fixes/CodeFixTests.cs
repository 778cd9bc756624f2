using System.Globalization;
using Microsoft.CodeAnalysis;

namespace LayerDsl.Tests.Generator.Fixes;

/// <summary>Every fix: offered where the generator finds something wrong, and what it writes is in order.</summary>
public sealed class CodeFixTests
{
    private const string Forward = "public override Tensor forward(Tensor x) => A.forward(x);";

    /// <summary>Members of a model, the diagnostic, the fix's title, and the members after it.</summary>
    public static TheoryData<string, string, string, string> Members => new()
    {
        { "[Linear(4, 3)] public Layer A { get; }", "LDSL001", "Make 'A' partial", "[Linear(4, 3)] public partial Layer A { get; }" },
        { "[Linear(4, 3), LowRank(5)] public partial Layer A { get; }", "LDSL101", "Set rank to 3", "[Linear(4, 3), LowRank(3)] public partial Layer A { get; }" },
        { "[Linear(4, 3), LowRank(rank: 0)] public partial Layer A { get; }", "LDSL101", "Set rank to 1", "[Linear(4, 3), LowRank(rank: 1)] public partial Layer A { get; }" },
        {
            "[Linear(48, 3), Quantize(Granularity = Granularity.Group)] public partial Layer A { get; }", "LDSL111", "Set GroupSize to 24",
            "[Linear(48, 3), Quantize(Granularity = Granularity.Group, GroupSize = 24)] public partial Layer A { get; }"
        },
        {
            "[Linear(48, 3), Quantize(Granularity = Granularity.Group, GroupSize = 15)] public partial Layer A { get; }", "LDSL111", "Set GroupSize to 16",
            "[Linear(48, 3), Quantize(Granularity = Granularity.Group, GroupSize = 16)] public partial Layer A { get; }"
        },
        { "[Conv2d(6, 4, 1, Groups = 4)] public partial Layer A { get; }", "LDSL021", "Set Groups to 2", "[Conv2d(6, 4, 1, Groups = 2)] public partial Layer A { get; }" },
        { "[Attention(12, 5)] public partial Layer A { get; }", "LDSL031", "Set heads to 4", "[Attention(12, 4)] public partial Layer A { get; }" },
        { "[Attention(8, 4, KvHeads = 3)] public partial Layer A { get; }", "LDSL031", "Set KvHeads to 2", "[Attention(8, 4, KvHeads = 2)] public partial Layer A { get; }" },
        {
            "[Linear(4, 3), SparseIso(0.7, Kind = SparseKind.Parallel)] public partial Layer A { get; }", "LDSL121", "Set sparsity to 0.75",
            "[Linear(4, 3), SparseIso(0.75, Kind = SparseKind.Parallel)] public partial Layer A { get; }"
        },
        {
            "[Linear(4, 3), Compander, LowRank(1), SparseIso(0.5, Kind = SparseKind.Parallel)] public partial Layer A { get; }", "LDSL122", "Write SparseIso before the other methods",
            "[Linear(4, 3), SparseIso(0.5, Kind = SparseKind.Parallel), Compander, LowRank(1)] public partial Layer A { get; }"
        },
        {
            "[Linear(4, 3), Compander] [LowRank(1)] [SparseIso(0.5, Kind = SparseKind.Doped, Mask = MaskSchedule.Set)] public partial Layer A { get; }", "LDSL123", "Write SparseIso before LowRank",
            "[Linear(4, 3), Compander] [SparseIso(0.5, Kind = SparseKind.Doped, Mask = MaskSchedule.Set)] [LowRank(1)] public partial Layer A { get; }"
        },
        { "public M() : base(\"M\") { } [Linear(4, 3)] public partial Layer A { get; }", "LDSL015", "Call RegisterComponents() last", "public M() : base(\"M\") { RegisterComponents(); } [Linear(4, 3)] public partial Layer A { get; }" },
    };

    /// <summary>The body of forward, the fix's title, and the body after it.</summary>
    public static TheoryData<string, string, string> Bodies => new()
    {
        { "A.forward(x.square())", "Write 'x * x', which can be folded", "A.forward(x * x)" },
        { "A.forward(square(x))", "Write 'x * x', which can be folded", "A.forward(x * x)" },
        { "nn.functional.silu(x)", "Write 'x * x.sigmoid()', which can be folded", "x * x.sigmoid()" },
        { "A.forward(x).relu_()", "Write 'A.forward(x).relu()', which can be folded", "A.forward(x).relu()" },
        { "A.forward(x) / 3", "Write 'A.forward(x) * (1.0 / 3)', which can be folded", "A.forward(x) * (1.0 / 3)" },
        { "A.forward(x / 2 + x)", "Write 'x * (1.0 / 2)', which can be folded", "A.forward(x * (1.0 / 2) + x)" },
    };

    [Theory]
    [MemberData(nameof(Members))]
    public async Task A_wrong_declaration_is_mended(string members, string id, string title, string expected)
    {
        var source = Model(members, Forward);
        Assert.Contains(GeneratorRun.Of(source).Diagnostics, diagnostic => diagnostic.Id == id);
        var changed = await FixRun.Apply(source, title);
        Assert.Equal(Plain(Model(expected, Forward)), Plain(changed));
        AssertInOrder(changed);
    }

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task A_call_without_a_folded_form_is_replaced(string body, string title, string expected)
    {
        const string layer = "[Linear(4, 4)] public partial Layer A { get; }";
        var source = Model(layer, $"public override Tensor forward(Tensor x) => {body};");
        Assert.Contains(GeneratorRun.Of(source).Diagnostics, diagnostic => diagnostic.Id == "LDSL301");
        var changed = await FixRun.Apply(source, title);
        Assert.Equal(Plain(Model(layer, $"public override Tensor forward(Tensor x) => {expected};")), Plain(changed));
        Assert.DoesNotContain(GeneratorRun.Of(changed).Diagnostics, diagnostic => diagnostic.Id == "LDSL301");
    }

    [Fact]
    public async Task Classes_around_a_layer_become_partial()
    {
        const string source = "static class Outer { [Linear(4, 3)] public partial class A; }";
        var changed = await FixRun.Apply(source, "Make 'Outer' partial");
        Assert.Equal("static partial class Outer { [Linear(4, 3)] public partial class A; }", changed);
        AssertInOrder(changed);
        Assert.Equal("/* why */ partial class Outer { [Linear(4, 3)] public partial class A; }", await FixRun.Apply("/* why */ class Outer { [Linear(4, 3)] public partial class A; }", "Make 'Outer' partial"));
        AssertInOrder(await FixRun.Apply("[Linear(4, 3)] public class A { }", "Make 'A' partial"));
    }

    [Fact]
    public async Task A_forward_is_written_that_calls_the_layers_in_order()
    {
        var changed = await FixRun.Apply(Model("[Linear(4, 3)] public partial Layer A { get; } [Linear(3, 2)] public partial Layer B { get; }", string.Empty), "Add a forward that calls the layers in order");
        Assert.Contains("public override Tensor forward(Tensor x) => B.forward(A.forward(x));", changed, StringComparison.Ordinal);
        AssertInOrder(changed);
    }

    [Fact]
    public async Task A_warning_is_suppressed_around_its_member_with_room_for_the_reason()
    {
        const string member = "    [Linear(4, 4), LowRank(4)]\n    public partial Layer A { get; }";
        var changed = await FixRun.Apply(Model("\n" + member + "\n", Forward), "Suppress LDSL102 with a justification");
        Assert.Contains("    #pragma warning disable LDSL102 // Justification: \n" + member + "\n    #pragma warning restore LDSL102\n", changed, StringComparison.Ordinal);
        var reported = GeneratorRun.Of(changed).Diagnostics;
        Assert.True(Assert.Single(reported, diagnostic => diagnostic.Id == "LDSL102").IsSuppressed || reported.IsEmpty);
    }

    [Theory]
    [InlineData("[Linear(4, 3), Compander] public partial Layer A { get; }")]
    [InlineData("[Linear(4, 3)] public partial Layer A { get; } public int Other { get; }")]
    public async Task A_model_in_order_gets_no_suggestion(string members) =>
        Assert.Empty(await FixRun.Suggestions(Model(members, Forward)));

    [Fact]
    public async Task What_would_compute_an_operand_twice_is_not_suggested() =>
        Assert.DoesNotContain(
            await FixRun.Suggestions(Model("[Linear(4, 4)] public partial Layer A { get; }", "public override Tensor forward(Tensor x) => A.forward(x).square();")),
            diagnostic => diagnostic.Id == "LDSL914");

    [Fact]
    public void A_layer_says_what_it_costs_at_its_kind()
    {
        var run = GeneratorRun.Of(Model("[Linear(784, 10), LowRank(2)] public partial Layer A { get; }", Forward));
        var cost = Assert.Single(run.Information);
        Assert.Equal("LDSL901", cost.Id);
        Assert.Equal("Linear(784, 10)", run.TextAt(cost));

        // Stored: 7840 + 10 + 2·(784 + 10) = 9438 numbers; folded: 7850, 2·7840 + 10 operations.
        var message = cost.GetMessage(CultureInfo.InvariantCulture);
        Assert.StartsWith("'A': 9,438 parameters, 7,850 after folding;", message, StringComparison.Ordinal);
        Assert.Contains("15,690 folded; 37,752 bytes, 31,400 folded; proved", message, StringComparison.Ordinal);
    }

    private static void AssertInOrder(string source)
    {
        var run = GeneratorRun.Of(source);
        Assert.Empty(run.Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error));
        Assert.Empty(run.CompileErrors);
    }

    private static string Plain(string text) => string.Join(" ", text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static string Model(string members, string forward) => $"[LayerModel] public sealed partial class M : nn.Module<Tensor, Tensor> {{ {members} {forward} }}";
}
