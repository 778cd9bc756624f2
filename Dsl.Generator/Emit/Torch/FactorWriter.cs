using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Layers;
using LayerDsl.Generator.Layers.Attention;
using LayerDsl.Generator.Scheduling;

namespace LayerDsl.Generator.Emit.Torch;

/// <summary>Writes what the class of a layer has in place of a stored weight, where that is a product of queries and keys.</summary>
internal static class FactorWriter
{
    private const string WeightName = "weight";

    /// <summary>Whether the product stands in the place of a stored tensor.</summary>
    public static bool Replaces(LayerForms forms, Tensor tensor) => forms.Factors is not null && tensor.Name == WeightName;

    public static void Fields(CodeWriter writer, HeadFactors factors)
    {
        foreach (var stored in factors.Stored)
        {
            var isQuery = stored.Tensor == factors.Query;
            writer.Line($"/// <summary>({Rows(factors)}, {(isQuery ? factors.Rows : factors.Dim)}): {stored.Meaning}{(isQuery && factors.QueryBias ? ", its last column their bias" : string.Empty)}.</summary>")
                .Line($"[ComponentName(Name = \"{stored.Tensor.Name}\")]")
                .Line($"private Parameter {stored.Tensor.Name};")
                .Line();
        }

        writer.Line($"/// <summary>({factors.Heads * factors.Rows}, {factors.Dim}): the weight of the scores, W_qk[h,i,j] = Σ_e query[h,e,i]·key[h,e,j], its rows (h,i).</summary>")
            .Line($"private Tensor weight => ProductOf(query, key);")
            .Line();
    }

    /// <summary>The lines that make the factors anew.</summary>
    public static IEnumerable<string> New(HeadFactors factors) =>
        factors.Stored.Select(stored => $"{stored.Tensor.Name} = new Parameter(torch.empty({Rows(factors)}, {(stored.Tensor == factors.Query ? factors.Rows : factors.Dim)}));");

    /// <summary>The call that starts the layer at random.</summary>
    public static string Start(HeadFactors factors) => $"LoadFactors(uniform({Rows(factors)}, {factors.Dim}), uniform({Rows(factors)}, {factors.Dim}){(factors.QueryBias ? $", uniform({Rows(factors)})" : string.Empty)});";

    /// <summary>The methods that take given weights, and the product.</summary>
    public static void Initialization(CodeWriter writer, LayerForms forms, HeadFactors factors, Func<Tensor, string> field)
    {
        writer.Line("/// <inheritdoc/>")
            .Line("/// <exception cref=\"MergedWeightException\">Always: W_qk does not tell queries from keys.</exception>")
            .Line("public override void LoadWeight(Tensor weight, Tensor? bias = null) => throw new MergedWeightException(GetName());")
            .Line()
            .Line("/// <summary>Starts the layer anew with given queries and keys.</summary>")
            .Line($"/// <param name=\"query\">({Rows(factors)}, {factors.Dim}).</param>")
            .Line($"/// <param name=\"key\">({Rows(factors)}, {factors.Dim}).</param>")
            .Lines(factors.QueryBias ? [$"/// <param name=\"bias\">({Rows(factors)}), of the queries; null leaves it as it is.</param>"] : []);
        writer.Block($"public void LoadFactors(Tensor query, Tensor key{(factors.QueryBias ? ", Tensor? bias = null" : string.Empty)})", () =>
        {
            var steps = forms.Initialization.Where(step => step is not InitStep.Store { Tensor.Name: WeightName }).ToArray();
            writer.Line($"CheckWeight(query, {(factors.QueryBias ? "bias" : "null")}, [{Rows(factors)}, {factors.Dim}], hasBias: {(factors.QueryBias ? "true" : "false")});")
                .Line($"CheckWeight(key, null, [{Rows(factors)}, {factors.Dim}], hasBias: false);")
                .Line("using var noGradient = no_grad();")
                .Line("using var scope = NewDisposeScope();");
            if (factors.QueryBias)
            {
                writer.Line($"var own = this.query.narrow(1, {factors.Dim}, 1);")
                    .Line("query = torch.cat([query.to(this.query), bias is null ? own : bias.to(this.query).unsqueeze(1)], 1);");
            }

            if (steps.Any(InitializationWriter.ReadsTarget))
            {
                writer.Line($"var target = ProductOf({(factors.QueryBias ? "query" : "query.to(this.query)")}, key.to(this.key)){new BlockText(forms).Open};");
            }

            var stores = InitializationWriter.Steps(writer, forms, steps, field);
            writer.Line().Line("this.query.copy_(query);").Line("this.key.copy_(key);").Lines(stores);
        }).Line();
        writer.Line("/// <summary>The product of queries and keys in each head, the heads below each other.</summary>")
            .Line("private static Tensor ProductOf(Tensor query, Tensor key) =>")
            .Indented(() => writer.Line($"Product.Apply(query.unflatten(0, {factors.Heads}, {factors.HeadSize}), key.unflatten(0, {factors.Heads}, {factors.HeadSize})).flatten(0, 1);"))
            .Line();
    }

    /// <summary>The product as a node of the graph.</summary>
    public static void Pass(CodeWriter writer, LayerForms forms, HeadFactors factors, FactorPrograms programs)
    {
        var forward = programs.Forward;
        writer.Line()
            .Line("/// <summary>W_qk[h,i,j] = Σ_e query[h,e,i]·key[h,e,j], a node of its own.</summary>");
        writer.Block("private sealed class Product : LayerFunction<Product>", () =>
        {
            writer.Line("/// <inheritdoc/>").Line($"public override string Name => \"{forms.Name}\";").Line();
            writer.Line("/// <inheritdoc/>");
            writer.Block("protected override Tensor Output(IReadOnlyList<Tensor> inputs)", () => Unpack(writer, factors)
                .Lines(TorchProgramWriter.Write(forward with { Statements = forward.Statements.Take(forward.Statements.Count - 1).ToEquatableArray() }, forms.SizeText))
                .Line("return " + TorchProgramWriter.Right(forward.Statements[forward.Statements.Count - 1], forms.SizeText) + ";")).Line();
            writer.Line("/// <inheritdoc/>");
            writer.Block("protected override Tensor?[] Gradients(IReadOnlyList<Tensor> inputs, Tensor gradY)", () => Unpack(writer, factors)
                .Lines(TorchProgramWriter.Write(programs.Backward, forms.SizeText))
                .Line($"return [{string.Join(", ", programs.Backward.Results.Select(result => result.Name))}];"));
        });
    }

    private static CodeWriter Unpack(CodeWriter writer, HeadFactors factors) =>
        writer.Lines(factors.Stored.Select((stored, k) => $"var {stored.Tensor.Name} = inputs[{k}];")).Line();

    private static int Rows(HeadFactors factors) => factors.Heads * factors.HeadSize;
}
