using System.Globalization;
using System.Numerics;
using LayerDsl.Generator.Declarations;
using LayerDsl.Generator.Diagnostics;
using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Layers;
using LayerDsl.Generator.Own;
using LayerDsl.Generator.Scheduling;
using static LayerDsl.Generator.Ir.Operators;

namespace LayerDsl.Generator.Reparams;

/// <summary>
/// A reparameterization that the user wrote: <c>W' = Map(W, stored parameters)</c>, W whatever stands further left.
/// Fold: the user's <c>Fold</c>, else <c>Map</c> once. Initialization: the user's <c>Inverse</c> or <c>Initialize</c>, else the declared values.
/// </summary>
internal static class Reparam
{
    public static Method Method { get; } = new("Reparam", Check, Apply, BaseName: BaseNameOf, Freezes: attribute => attribute.Own?.Parameters[0].Storage == TensorRole.Frozen)
    {
        Block = attribute => attribute.Own?.Block ?? 0,
    };

    /// <summary>The declaration as the generated header prints it: <c>Dora(rank = 8)</c>.</summary>
    public static string Title(AttributeSpec attribute) => attribute.Own is { } own
        ? own.Name + (attribute.Arguments.Count == 0 ? string.Empty : "(" + string.Join(", ", attribute.Arguments) + ")")
        : attribute.Name;

    /// <summary>The methods as inference sees them: with <c>Fold</c> in the place of <c>Map</c> where there is one.</summary>
    public static EquatableArray<AttributeSpec> Folding(EquatableArray<AttributeSpec> methods) => methods.Any(method => method.Own?.Fold is not null)
        ? methods.Select(method => method.Own is { Fold: { } fold } own ? method with { Own = own with { Map = fold } } : method).ToEquatableArray()
        : methods;

    /// <summary>The fields that a layer has for the method's parameters.</summary>
    public static IEnumerable<string> Fields(AttributeSpec attribute) => attribute.Own is { } own ? own.Stored.Select(parameter => Scheduling.NamesOf.Variable(Safe(parameter.Name, own))) : [];

    private static EffectiveWeight Apply(EffectiveWeight weight, AttributeSpec attribute, WeightShape shape)
    {
        var own = attribute.Own!;
        var replaces = own.Parameters[0].Role != OwnRole.Full;
        var form = FormOf(own, attribute, weight, shape);
        var start = replaces ? weight with { Stored = [], Initialization = [] } : weight;
        return (start with { Dense = form.WeightWithGradient(), Branches = [], Packed = null, NonZeros = null, Updates = weight.Updates.Concat(Updates(own, form)).ToEquatableArray() }).With(
            own.Stored.Skip(replaces ? 0 : 1).Select(parameter => new StoredTensor(form.Tensors[parameter.Name], $"{parameter.Name} of {own.Name}")),
            Undo(own, form, shape, replaces),
            new MethodNote(own.Name, "W = " + own.Formula + (own.Gradient is null ? string.Empty : ", with gradients of its own") + (own.Update is null ? string.Empty : ", buffers updated before each training pass"), own.Paper.Length > 0 ? own.Paper : "a reparameterization of this project"),
            form.Sizes.ToArray());
    }

    /// <summary>The method on the weight so far; the names of its tensors are its own.</summary>
    private static OwnForm FormOf(OwnMethod own, AttributeSpec attribute, EffectiveWeight weight, WeightShape shape)
    {
        var taken = new HashSet<string>(weight.Stored.Select(stored => stored.Tensor.Name));
        string NameOf(string name) => taken.Contains(Safe(name, own)) && name != own.Parameters[0].Name ? Long(name, own) : Safe(name, own);
        var prefix = weight.Sizes.Any(size => own.Hyper.Any(parameter => parameter.Name == size.Symbol)) ? own.Name + "_" : string.Empty;
        var incoming = weight.Merged is Access stored ? stored : Name("merged", weight.Merged);
        return new OwnForm(own, shape, own.Parameters[0].Role == OwnRole.Full ? incoming : null, NameOf, name => NumberOf(attribute, own, name), prefix);
    }

    /// <summary>Values of the parameters come from the target, where the user says how; the first one's is what stands further left shall produce.</summary>
    private static IEnumerable<InitStep> Undo(OwnMethod own, OwnForm form, WeightShape shape, bool replaces)
    {
        var values = (own.Inverse ?? own.Initialize) is { } body ? form.ParametersOf(body, form.Target) : [];
        foreach (var (parameter, value) in values.Skip(replaces ? 0 : 1))
        {
            yield return new InitStep.Store(form.Tensors[parameter.Name], value);
        }

        foreach (var parameter in own.Stored.Skip(replaces ? 0 : 1).Where(parameter => !values.Any(pair => pair.Parameter == parameter)))
        {
            yield return Started(parameter, form.Tensors[parameter.Name]);
        }

        if (own.Inverse is null)
        {
            yield return new InitStep.StartOnly(own.Name);
        }

        if (!replaces && values.Count > 0 && !values[0].Value.Equals(shape.Target))
        {
            yield return new InitStep.Retarget(values[0].Value);
        }
    }

    /// <summary>What a training pass makes of the buffers before it starts.</summary>
    private static IEnumerable<StatisticUpdate> Updates(OwnMethod own, OwnForm form) =>
        own.Update is { } body ? form.ParametersOf(body, form.Target).Select(pair => new StatisticUpdate(form.Tensors[pair.Parameter.Name], pair.Value)) : [];

    private static InitStep Started(OwnParameter parameter, Tensor tensor) => parameter.HasPositions ? new InitStep.Positions(tensor)
        : parameter.Start is null && parameter.Indices.Length == 0 && tensor.Axes.Count > 0 ? new InitStep.KaimingUniform(tensor)
        : new InitStep.Store(tensor, Number(parameter.Start ?? 0));

    private static IEnumerable<DiagnosticInfo> Check(AttributeSpec attribute, WeightShape shape)
    {
        if (attribute.Own is not { } own)
        {
            return [];
        }

        DiagnosticInfo Refuse(string reason) => DiagnosticInfo.At(attribute.Place, OwnDiagnostics.CannotApply, own.Name, reason);
        if (own.IsSquare && (shape.Rows != shape.Columns || shape.Inputs.Count > 1))
        {
            return [Refuse($"it needs a square matrix, but the weight is {string.Join(" × ", shape.Dimensions)}")];
        }

        if (own.Block > 0 && (shape.Inputs.Count > 1 || shape.Columns % own.Block != 0))
        {
            return [Refuse(shape.Inputs.Count > 1 ? "its groups of inputs are of linear layers only" : $"its groups of {own.Block} do not divide the {shape.Columns} inputs")];
        }

        if (own.Hyper.FirstOrDefault(parameter => own.Parameters.Any(other => Mentions(other, parameter.Name)) && NumberOf(attribute, own, parameter.Name) is < 1 or > int.MaxValue) is { } size)
        {
            return [Refuse($"{size.Name} = {NumberOf(attribute, own, size.Name).ToString(CultureInfo.InvariantCulture)} is a size, and must be at least 1")];
        }

        if (CheckDivisors(attribute, own, shape) is { } indivisible)
        {
            return [Refuse(indivisible)];
        }

        try
        {
            var seen = shape.SeenBy(own, name => NumberOf(attribute, own, name));
            _ = Apply(Methods.Start([attribute], seen), attribute, seen);
            return [];
        }
        catch (StepException exception)
        {
            return [Refuse(exception.Message)];
        }
    }

    /// <summary>The side of a weight as a method divides it; null where it does not.</summary>
    public static SizePart? PartOf(AttributeSpec attribute, string side) => attribute.Own?.PartOf(side, name => NumberOf(attribute, attribute.Own, name));

    /// <summary>Why the sizes that a method divides cannot be divided so; null where they can.</summary>
    private static string? CheckDivisors(AttributeSpec attribute, OwnMethod own, WeightShape shape) => !own.HasDivisors ? null
        : shape.Inputs.Count > 1 ? "it divides the inputs or outputs, which only linear layers have as one index each"
        : shape.IsSymbolic ? "it divides the inputs or outputs, whose numbers must be known; declare them as numbers or constants"
        : SizeReader.Sides.Select(side => (Part: PartOf(attribute, side), Size: side == "out" ? shape.Rows : shape.Columns)).FirstOrDefault(pair => pair.Part is { } part && (part.Number < 1 || pair.Size % part.Number != 0)) is { Part: { } wrong } found
            ? $"{wrong.Text}{(wrong.Divisor.Constant is null ? " = " + wrong.Number.ToString(CultureInfo.InvariantCulture) : string.Empty)} does not divide the {found.Size} {(wrong.Side == "out" ? "outputs" : "inputs")}"
            : null;

    /// <summary>What the user's methods of a layer violate together with the others.</summary>
    public static IEnumerable<DiagnosticInfo> CheckTogether(LayerSpec layer, WeightShape shape)
    {
        if (layer.Methods.Skip(1).FirstOrDefault(method => method.Own is { } own && own.Parameters[0].Role != OwnRole.Full) is { Own: { } replacing } misplaced)
        {
            return [DiagnosticInfo.At(misplaced.Place, OwnDiagnostics.CannotApply, replacing.Name, $"it stores '{replacing.Parameters[0].Name}' in place of a weight, so that nothing can stand before it; write it first")];
        }

        if (layer.Methods.Where(method => method.Own is { HasDivisors: true }).Skip(1).FirstOrDefault() is { Own: { } second } another)
        {
            return [DiagnosticInfo.At(another.Place, OwnDiagnostics.CannotApply, second.Name, "it divides the inputs or outputs, as a method before it does; one method of a layer can")];
        }

        var last = layer.Methods.LastOrDefault(method => method.Own is not null);
        if (last is null)
        {
            return [];
        }

        if (Methods.Apply(layer.Methods, Methods.SeenBy(layer.Methods, shape)).Merged is var weight && (weight.Depth > OwnLimits.DeepestLayer || weight.Length > OwnLimits.LongestLayer))
        {
            return [DiagnosticInfo.At(last.Place, OwnDiagnostics.CannotApply, last.Own!.Name, $"the methods of this layer together nest functions {weight.Depth} deep in {weight.Length} parts, more than the {OwnLimits.DeepestLayer} and {OwnLimits.LongestLayer} that a proof looks at; leave some out")];
        }

        var forms = LayerKinds.Find(layer.Kind.Name).Build(layer);
        if (TooLarge(forms) is { } large)
        {
            return [DiagnosticInfo.At(last.Place, OwnDiagnostics.CannotApply, last.Own!.Name, large)];
        }

        return layer.Methods.LastOrDefault(method => method.Own is { ReadsElsewhere: true }) is { Own: { } reading } place && Schedulable.Objection(forms) is { } objection
            ? [DiagnosticInfo.At(place.Place, OwnDiagnostics.CannotApply, reading.Name, $"parts of a matrix are read in a way that is not computed, {objection}; keep to Toeplitz, Circulant, Kronecker and Gather of parameters, or of functions of them number by number")]
            : [];
    }

    /// <summary>A stored tensor that no array holds, or a table that names more rows than a 32-bit float tells apart.</summary>
    private static string? TooLarge(LayerForms forms)
    {
        foreach (var tensor in forms.Stored.Select(stored => stored.Tensor))
        {
            if (NumberOf(forms, tensor.Axes.Aggregate(Size.One, (product, axis) => product * axis.Size)) is { } values && values > int.MaxValue)
            {
                return $"'{tensor.Name}' has {Whole(values)} values, and an array at most {Whole(int.MaxValue)}; choose smaller sizes";
            }

            if (tensor.Entries is { } entries && NumberOf(forms, entries) is { } rows && rows > EmbeddingLayer.LargestCount)
            {
                return $"'{tensor.Name}' names {Whole(rows)} rows, but indices are 32-bit floats, which tell whole numbers apart up to {Whole(EmbeddingLayer.LargestCount)}; look up fewer rows";
            }
        }

        return null;
    }

    private static string Whole(BigInteger number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>A size at the declared numbers, whatever they multiply to; null where the constructor takes some, and checks them.</summary>
    private static BigInteger? NumberOf(LayerForms forms, Size size)
    {
        BigInteger? Of(string symbol) => forms.Sizes.FirstOrDefault(binding => binding.Symbol == symbol) is { Symbol: not null, Text: null } binding ? binding.Value : null;
        return size.Terms.Aggregate((BigInteger?)0, (sum, term) => sum + term.Symbols.Aggregate((BigInteger?)term.Coefficient, (product, symbol) => product * Of(symbol)));
    }

    private static bool Mentions(OwnParameter parameter, string name) =>
        ((parameter.Role == OwnRole.Shaped ? parameter.Rows + " * " + parameter.Columns : string.Empty) + " * " + parameter.Indices).Split(['+', '-', '*', '/']).Any(part => part.Trim() == name);

    private static string? BaseNameOf(AttributeSpec attribute) => attribute.Own is { } own ? Safe(own.Parameters[0].Name, own) : null;

    private static double NumberOf(AttributeSpec attribute, OwnMethod own, string name) =>
        attribute.Double(name, own.Hyper.First(parameter => parameter.Name == name).Default ?? 0);

    /// <summary>A parameter's name where that can be a field, else with the class in front.</summary>
    private static string Safe(string name, OwnMethod own) =>
        OwnNames.IsUsable(name) ? name : Long(name, own);

    private static string Long(string name, OwnMethod own) => OwnNames.Snake(own.Name) + "_" + OwnNames.Snake(name);
}
