using LayerDsl.Generator.Declarations;
using LayerDsl.Generator.Diagnostics;
using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Layers;
using LayerDsl.Generator.Reparams.Quantization;

namespace LayerDsl.Generator.Reparams;

/// <summary>The table of methods, and their composition from left to right. A new method is a file beside this one and a row here.</summary>
internal static class Methods
{
    private static readonly Method[] All =
    [
        Compander.Method,
        LowRank.Method,
        Quantize.Method,
        QKReparam.Method,
        SparseIso.Method,
        Reparam.Method,
    ];

    /// <summary>The fields of layer classes: a class that is named like one of its fields does not compile.</summary>
    public static readonly string[] StoredNames =
        ["weight", "v", "bias", "logA", "logB", "loraA", "loraB", "scale", "alpha", "mask", "branchWeights", "factorU", "factorV", "maskU", "maskV", "dopedU", "dopedV", "inputScale", "inputZero", "inputAlpha", "runningMean", "runningVar", "numBatchesTracked", "query", "key", "value", "output", "queryKey"];

    public static bool Contains(string attribute) => All.Any(method => method.Attribute == attribute);

    /// <summary>The attributes of the table, to look for declarations that lack a layer.</summary>
    public static IEnumerable<string> Attributes => All.Select(method => method.Attribute);

    /// <summary>What the methods of a layer violate.</summary>
    public static IEnumerable<DiagnosticInfo> Check(LayerSpec layer)
    {
        var kind = LayerKinds.Find(layer.Kind.Name);
        var refused = layer.Methods.Select(method => (method, reason: kind.Refuse(method))).Where(pair => pair.reason is not null)
            .Select(pair => DiagnosticInfo.At(pair.method.Place, MethodDiagnostics.NotForThisKind, pair.method.Name, kind.Attribute, pair.reason!)).ToArray();
        if (refused.Length > 0)
        {
            return refused;
        }

        var shape = kind.Weight(layer.Kind);
        var found = layer.Methods.SelectMany(method => Find(method).Check(method, shape)).Concat(SparseIso.CheckOrder(layer)).Concat(CheckBlocks(layer)).ToArray();
        return found.Any(diagnostic => diagnostic.IsError) ? found : found.Concat(Reparam.CheckTogether(layer, shape));
    }

    /// <summary>How many neighbouring inputs share something in a method of the layer; 0 where none do.</summary>
    public static int BlockOf(EquatableArray<AttributeSpec> methods) => methods.Select(method => Find(method).Block(method)).FirstOrDefault(block => block > 0);

    /// <summary>The weight's shape as the methods see it.</summary>
    public static WeightShape SeenBy(EquatableArray<AttributeSpec> methods, WeightShape shape)
    {
        var seen = shape.InBlocksOf(BlockOf(methods));
        seen = methods.FirstOrDefault(method => method.Own is { HasDivisors: true }) is { } dividing ? seen.InParts(Reparam.PartOf(dividing, "out"), Reparam.PartOf(dividing, "in")) : seen;
        return methods.Any(method => method.Own is { IsSquare: true }) ? seen.AsSquare() : seen;
    }

    /// <summary>The format that a weight folds to, where it folds to codes.</summary>
    public static FormatSpec? FormatOf(EquatableArray<AttributeSpec> methods, WeightShape shape)
    {
        var seen = SeenBy(methods, shape);
        return methods.Any(method => method.Name == Quantize.Method.Attribute) && Apply(methods, seen) is { Packed: { } packed } weight
            ? packed.Format(seen, weight.Branches, weight.Sizes)
            : null;
    }

    /// <summary>How the layer's input is rounded, or null where it is not.</summary>
    public static ActivationSpec? ActivationOf(EquatableArray<AttributeSpec> methods) =>
        methods.FirstOrDefault(method => method.Name == Quantize.Method.Attribute) is { } quantize ? ActivationOptions.Of(quantize) : null;

    /// <summary>From the stored tensor through every method to the weight that the layer uses.</summary>
    public static EffectiveWeight Apply(EquatableArray<AttributeSpec> methods, WeightShape shape) =>
        methods.Aggregate(Start(methods, shape), (weight, method) => Find(method).Apply(weight, method, shape));

    /// <summary>The declaration as the generated header prints it: <c>LowRank(rank = 8)</c>.</summary>
    public static string Title(AttributeSpec method) =>
        method.Own is not null ? Reparam.Title(method) : method.Arguments.Count == 0 ? method.Name : method.Name + "(" + string.Join(", ", method.Arguments) + ")";

    /// <summary>A weight is split into groups of one size.</summary>
    private static IEnumerable<DiagnosticInfo> CheckBlocks(LayerSpec layer)
    {
        var sizes = layer.Methods.Select(method => (Method: method, Size: Find(method).Block(method))).Where(pair => pair.Size > 0).ToArray();
        return sizes.Where(pair => pair.Size != sizes[0].Size && (pair.Method.Own ?? sizes[0].Method.Own) is not null).Take(1).Select(pair => DiagnosticInfo.At(
            (pair.Method.Own is null ? sizes[0].Method : pair.Method).Place, OwnDiagnostics.CannotApply, (pair.Method.Own ?? sizes[0].Method.Own)!.Name, $"its groups and those of another method have different sizes, {sizes[0].Size} and {pair.Size}; give them the same"));
    }

    private static Method Find(AttributeSpec method) => All.First(row => row.Attribute == method.Name);

    /// <summary>The weight before any method.</summary>
    public static EffectiveWeight Start(EquatableArray<AttributeSpec> methods, WeightShape shape)
    {
        var name = methods.Select(method => Find(method).BaseName(method)).FirstOrDefault(own => own is not null) ?? "weight";
        var frozen = methods.Any(method => Find(method).Freezes(method));
        var stored = new Tensor(name, frozen ? TensorRole.Frozen : TensorRole.Trainable, shape.Axes);
        return new EffectiveWeight(
            shape,
            stored.All,
            [],
            [new StoredTensor(stored, name == "weight" ? "the weight" : "what the weight is computed from")],
            [new InitStep.Store(stored, shape.Target)],
            [],
            []);
    }
}
