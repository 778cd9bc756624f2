using LayerDsl.Generator.Gradients;
using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Layers;

namespace LayerDsl.Generator.Scheduling;

/// <summary>
/// The passes of a layer with the maps of its weight as loops over memory, and with values kept from the forward to the backward pass: for float32 on
/// the CPU where no gradient of a gradient is asked for.
/// </summary>
/// <param name="Forward">Input and stored tensors → output.</param>
/// <param name="Products">Thin products and inverses that are kept for the backward pass.</param>
/// <param name="Weights">The weights that loops make, which are kept or made again.</param>
/// <param name="Backward">Input, stored tensors, kept values and the output's gradient → their gradients, the input's last.</param>
internal sealed record LoopPrograms(Program Forward, EquatableArray<Value> Products, EquatableArray<Value> Weights, Program Backward)
{
    /// <summary>A product is kept where it has so many times fewer columns than the weight has.</summary>
    private const int Thin = 4;

    /// <summary>Stored tensors → the folded weight.</summary>
    public Program? Fold { get; init; }

    /// <summary>Stored tensors → codes, scales and zero points, where the weight folds to them.</summary>
    public Program? Codes { get; init; }

    /// <summary>When the weight is kept; null for always.</summary>
    public KeepChoice? Keep { get; init; }

    /// <summary>The loops of a layer with a weight; null where no step of it is one and nothing is worth keeping.</summary>
    public static LoopPrograms? Of(LayerForms forms, IReadOnlyList<Gradient> gradients) => Of(forms, gradients, KernelCosts.Supports, isFolded: true);

    /// <summary>The same where kernels of a device compute more than loops on the CPU; null where they do not.</summary>
    public static LoopPrograms? ForDevice(LayerForms forms, IReadOnlyList<Gradient> gradients, IEnumerable<Program> composed) =>
        composed.SelectMany(program => program.Statements).Any(statement => statement.Functions().Any(function => !KernelCosts.Supports(function))) ? Of(forms, gradients, _ => true, isFolded: false) : null;

    private static LoopPrograms? Of(LayerForms forms, IReadOnlyList<Gradient> gradients, Func<Function, bool> supports, bool isFolded)
    {
        // Loops over memory are written for the numbers of a row; where these are known to the constructor only, composed operations serve every size.
        if (forms.Norm is not null || forms.Table is not null || forms.IsSymbolic)
        {
            return null;
        }

        var (order, axes) = (forms.Order, forms.Weight.Axes);
        var outputs = gradients.Select(pair => (ReverseMode.NameOf(pair.Tensor.Name), pair.Value, LayerPrograms.AxesOf(pair))).ToArray();
        var (scheduled, meaning) = Scheduler.Schedule(order, [("y", forms.Pass, forms.OutputAxes)], [], "inputs", "kept");
        var (alone, needed) = Scheduler.Schedule(order, outputs, [], "inputs", "kept", "gradY");
        var forward = Fusion.Apply(Accumulation.Apply(scheduled), axes, lastApart: false, supports);

        // Where loops make the weight, all that it comes from is made with it, apart from the pass.
        var inverses = forward is not null && WeightsOf(forward).Count > 0 ? [] : InversesOf(scheduled, meaning, alone, needed);
        var products = ProductsOf(forms, scheduled, meaning, alone, needed).Concat(inverses.Select(pair => pair.Value)).ToEquatableArray();
        if (forward is null && products.Count == 0)
        {
            return null;
        }

        var hasLoops = forward is not null && isFolded;
        forward ??= Accumulation.Apply(scheduled);
        var weights = WeightsOf(forward);
        var given = products.Concat(weights).Except(inverses.Select(pair => pair.Value)).SelectMany(value => meaning[value.Name].Select(expr => (expr, value))).Concat(inverses.Select(pair => (expr: (Expr)pair.Inverse, value: pair.Value))).ToArray();
        var backward = Accumulation.Apply(Scheduler.Schedule(order, outputs, given, "inputs", "kept", "gradY").Program);

        // The gradient of an image reads its kernel at other places: it makes the kernel again.
        weights = weights.Where(weight => backward.Statements.Any(statement => statement.Reads().Any(read => read.Name == weight.Name))).ToEquatableArray();
        return new LoopPrograms(forward, products, weights, Fusion.Apply(backward, axes, lastApart: true, supports) ?? backward)
        {
            Keep = KeepChoice.Of(forward, weights, forms),
            Fold = hasLoops ? FoldOf(forms) : null,
            Codes = !hasLoops || forms.Packed is not { } packed || forms.Fit is not null ? null : Fusion.Apply(
                Scheduler.Schedule(order, packed.Claim.Folds.Select(fold => (fold.Folded.Name, fold.Value, fold.Folded.Axes)).ToArray(), "bias", "format"), axes, lastApart: false),
        };
    }

    /// <summary>The folded weight under the name that the formula gives it, so that a loop of the forward pass makes it.</summary>
    private static Program? FoldOf(LayerForms forms) => forms.Claim.Folds.Count > 1 || forms.FoldedWeight.Value is Access ? null : Fusion.Apply(
        Scheduler.Schedule(forms.Order, [(forms.FoldedWeight.Value is Named { Name: var name } ? name : "folded", forms.FoldedWeight.Value, forms.Weight.Axes)]), forms.Weight.Axes, lastApart: false);

    /// <summary>What contractions of the forward pass read from loops: the weight, which the input's gradient reads again.</summary>
    private static EquatableArray<Value> WeightsOf(Program forward)
    {
        var made = new HashSet<string>(forward.Statements.OfType<Statement.Sweep>().SelectMany(sweep => sweep.Results()).Select(value => value.Name));
        return forward.Statements.Where(statement => statement is Statement.Contract or Statement.Accumulate or Statement.Convolve)
            .SelectMany(statement => statement.Reads()).Where(read => made.Contains(read.Name)).Distinct().ToEquatableArray();
    }

    /// <summary>Inverses that the backward pass would compute again: each costs as much as several products, and takes the memory of its matrix.</summary>
    private static IReadOnlyList<(MatrixInverse Inverse, Value Value)> InversesOf(Program forward, ILookup<string, Expr> meaning, Program backward, ILookup<string, Expr> needed)
    {
        IEnumerable<MatrixInverse> Wholes(Statement.Invert invert, ILookup<string, Expr> known) => known[invert.Result.Name].OfType<MatrixInverse>().Select(inverse => inverse.Whole).Distinct();
        var again = new HashSet<Expr>(backward.Statements.OfType<Statement.Invert>().SelectMany(invert => Wholes(invert, needed)));
        return forward.Statements.OfType<Statement.Invert>().SelectMany(invert => Wholes(invert, meaning).Where(again.Contains).Select(whole => (whole, invert.Result))).ToArray();
    }

    /// <summary>Products of the input that the backward pass would compute again, and that take little memory.</summary>
    private static EquatableArray<Value> ProductsOf(LayerForms forms, Program forward, ILookup<string, Expr> meaning, Program backward, ILookup<string, Expr> needed)
    {
        var batch = forms.OutputAxes[0];
        var again = new HashSet<Expr>(backward.Statements.OfType<Statement.Contract>().SelectMany(product => needed[product.Result.Name]));
        bool IsThin(Value value) => value.Axes.Contains(batch) && Thin * value.Axes.Aggregate(1L, (count, axis) => count * forms.Evaluate(axis.Size)) <= forms.Weight.Columns;
        return forward.Statements.OfType<Statement.Contract>().Select(product => product.Result)
            .Where(value => IsThin(value) && meaning[value.Name].Any(again.Contains)).ToEquatableArray();
    }
}
