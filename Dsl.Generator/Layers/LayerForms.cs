using System.Globalization;
using LayerDsl.Generator.Declarations;
using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Proof;
using LayerDsl.Generator.Scheduling;

namespace LayerDsl.Generator.Layers;

/// <summary>Everything that the later stages need to know of a layer: both forms, what is stored, how it starts.</summary>
/// <param name="Title">The declaration in words: <c>Linear(784 → 512), Compander</c>.</param>
/// <param name="Shape">The folded layer.</param>
/// <param name="Weight">The weight that the methods act on.</param>
/// <param name="Input">The input, its leading dimensions flattened into the first axis.</param>
/// <param name="Order">The indices in the order in which intermediate tensors keep them.</param>
/// <param name="Claim">The training form, the inference form and the fold between them.</param>
/// <param name="Sizes">The declared value of every size symbol; the batch, and the size of an image, have none.</param>
/// <param name="Unit">What costs are counted for: all that has no declared size is one.</param>
internal sealed record LayerForms(
    string Name,
    string Title,
    LayerShape Shape,
    WeightShape Weight,
    Tensor Input,
    EquatableArray<Index> Order,
    EquatableArray<Index> OutputAxes,
    Claim Claim,
    EquatableArray<StoredTensor> Stored,
    EquatableArray<InitStep> Initialization,
    EquatableArray<MethodNote> Notes,
    EquatableArray<SizeBinding> Sizes,
    string Unit)
{
    /// <summary>The part of the weight that both forms round to a grid alike, where there is one.</summary>
    public Expr? Rounded { get; init; }

    /// <summary>The folded form in codes, where the weight is quantized last.</summary>
    public PackedForms? Packed { get; init; }

    /// <summary>The binary planes that both forms read, where they do.</summary>
    public PlaneFit? Fit { get; init; }

    /// <summary>What training adds before it rounds, where it rounds at random; uniform in [-½, ½).</summary>
    public Tensor? Dither { get; init; }

    /// <summary>What a training pass computes: the training form of the claim, before <see cref="Dither"/> was set to 0 in it.</summary>
    public Expr Pass { get => field ?? Claim.Training; init; }

    /// <summary>The tensors that the runtime makes anew for every pass.</summary>
    public IEnumerable<Tensor> MadeAnew => [.. Fit?.Tensors ?? [], .. Dither is null ? Array.Empty<Tensor>() : [Dither]];

    /// <summary>The whole layer with its rounded input, where that is rounded: the forms here take the rounded input for x.</summary>
    public InputForms? Activation { get; init; }

    /// <summary>What is stored in place of the weight, where that is a product of queries and keys.</summary>
    public Attention.HeadFactors? Factors { get; init; }

    /// <summary>The tensors that are stored, with factors in place of their product.</summary>
    public IEnumerable<StoredTensor> Kept => Factors is null ? Stored : Factors.Stored.Concat(Stored.Where(stored => stored.Tensor.Name != "weight"));

    /// <summary>The terms of low rank that the layer applies as branches of its own.</summary>
    public EquatableArray<LowRankBranch> Branches { get; init; } = [];

    /// <summary>
    /// The training form with these terms merged into the weight before it meets the input; null where that is never cheaper. With a weight that is trained
    /// as it is stored, its gradient is computed anyway, and those of the factors follow from it.
    /// </summary>
    public Expr? Merged { get; init; }

    /// <summary>Which stored tensors have masks.</summary>
    public EquatableArray<MaskedTensor> Masks { get; init; } = [];

    /// <summary>At most so many numbers of the folded weight differ from zero; null where all may.</summary>
    public long? NonZeros { get; init; }

    /// <summary>What a training pass makes of the buffers of users' methods before it starts.</summary>
    public EquatableArray<StatisticUpdate> Updates { get; init; } = [];

    /// <summary>What the layer has as a normalization, where it is one.</summary>
    public NormForms? Norm { get; init; }

    /// <summary>What the layer has as a table read by indices, where it is one.</summary>
    public TableForms? Table { get; init; }

    public Expr Training => Claim.Training;

    public Tensor? Bias => Stored.FirstOrDefault(stored => stored.Tensor.Name == "bias")?.Tensor;

    /// <summary>The folded weight and how it comes from the stored tensors.</summary>
    public FoldDefinition FoldedWeight => Claim.Folds[0];

    /// <summary>The declared value of a size; what has none counts as one, so that costs are per unit.</summary>
    public long Evaluate(Size size) => size.Evaluate(symbol => Sizes.FirstOrDefault(binding => binding.Symbol == symbol) is { Value: > 0 } binding ? binding.Value : 1);

    /// <summary>What the layer's constructor takes, where sizes are bound to its parameters; null where all are numbers.</summary>
    public ConstructorSpec? Constructor { get; init; }

    /// <summary>What the constructor requires of the sizes that it is given, as statements.</summary>
    public EquatableArray<string> Requirements { get; init; } = [];

    /// <summary>Whether sizes are bound to parameters of the constructor.</summary>
    public bool IsSymbolic => Sizes.Any(binding => binding.Text is not null);

    /// <summary>The size at the declared numbers: a number, or a polynomial in the sizes that the constructor takes. What has no declared size counts as one.</summary>
    public Size Resolve(Size size) => IsSymbolic
        ? size.Substitute(symbol => Sizes.FirstOrDefault(binding => binding.Symbol == symbol) is { Symbol: not null } binding ? (binding.Text is not null ? null : Size.Of(Math.Max(1, binding.Value))) : Size.One)
        : Size.Of(Evaluate(size));

    /// <summary>A size in generated code: a number where it is declared, a property where the constructor takes it, else what the input <c>x</c> says.</summary>
    public string SizeText(Size size) => SizeText(size, InParentheses);

    /// <summary>The same inside of a pass, which has no properties but the tensors that it works on.</summary>
    /// <param name="inputs">The tensors, in their order.</param>
    public Func<Size, string> SizeTextOf(IReadOnlyList<Tensor> inputs) => IsSymbolic ? size => SizeText(size, binding => ExtentIn(inputs, binding)) : SizeText;

    /// <summary>Whether passes can read every size of the constructor from their tensors.</summary>
    public static bool CanRead(EquatableArray<SizeBinding> sizes, IReadOnlyList<Tensor> inputs) => sizes.All(binding => binding.Text is null || PlaceOf(sizes, inputs, binding.Symbol) is not null);

    private string SizeText(Size size, Func<SizeBinding, string> symbolic) => size.Terms.All(term => term.Symbols.All(IsDeclared)) && Resolve(size).Constant is { } number
        ? number.ToString(CultureInfo.InvariantCulture)
        : size.IsZero ? "0"
        : string.Join(" + ", (IsSymbolic ? Numbers(Sizes, size) : size).Terms.Select(term => string.Join(" * ", term.Symbols.Select(symbol => SymbolText(symbol, symbolic)).Prepend(term.Coefficient == 1 && term.Symbols.Count > 0 ? null : term.Coefficient.ToString(CultureInfo.InvariantCulture)).Where(part => part is not null)))).Replace("+ -", "- ");

    /// <summary>The size with declared numbers in place of their symbols.</summary>
    private static Size Numbers(IEnumerable<SizeBinding> sizes, Size size) => size.Substitute(symbol => sizes.FirstOrDefault(binding => binding.Symbol == symbol) is { Symbol: not null, Text: null } binding ? Size.Of(binding.Value) : null);

    private static string InParentheses(SizeBinding binding) => binding.Text!.Contains(' ') ? "(" + binding.Text + ")" : binding.Text!;

    private string ExtentIn(IReadOnlyList<Tensor> inputs, SizeBinding binding) => PlaceOf(Sizes, inputs, binding.Symbol) is { } place
        ? Divided($"inputs[{place.Tensor.ToString(CultureInfo.InvariantCulture)}].shape[{place.Axis.ToString(CultureInfo.InvariantCulture)}]", place.Of)
        : throw new ShapeException("No tensor has an axis of size " + binding.Symbol + ".");

    private static string Divided(string extent, long by) => by == 1 ? extent : "(" + extent + " / " + by.ToString(CultureInfo.InvariantCulture) + ")";

    /// <summary>An axis whose size is the symbol, or the symbol times a number.</summary>
    private static (int Tensor, int Axis, long Of)? PlaceOf(IEnumerable<SizeBinding> sizes, IReadOnlyList<Tensor> inputs, string symbol) => inputs
        .SelectMany((tensor, k) => tensor.Axes.Select((axis, at) => (Times: Numbers(sizes, axis.Size).DivideBy(Size.Symbol(symbol))?.Constant, k, at)))
        .Where(found => found.Times is > 0)
        .OrderBy(found => found.Times)
        .Select(found => ((int, int, long)?)(found.k, found.at, found.Times!.Value))
        .FirstOrDefault();

    /// <summary>The forms of a layer that rounds at random in training: what is claimed and folded is the rounding to the nearest.</summary>
    public LayerForms RoundedToNearest(Tensor? dither)
    {
        if (dither is null)
        {
            return this;
        }

        Expr Nearest(Expr expr) => expr.Rewrite(node => node is Access access && access.Tensor == dither ? 0 : node);
        Claim Of(Claim claim) => claim with
        {
            Training = Nearest(claim.Training),
            Folds = claim.Folds.Select(fold => new FoldDefinition(fold.Folded, Nearest(fold.Value))).ToEquatableArray(),
            SideConditions = [.. claim.SideConditions, "weights are rounded to the nearest, as eval() and the fold do; training rounds at random"],
        };
        return this with
        {
            Dither = dither,
            Pass = Claim.Training,
            Claim = Of(Claim),
            Rounded = Rounded is null ? null : Nearest(Rounded),
            Packed = Packed is null ? null : Packed with { Claim = Of(Packed.Claim) },
            Activation = Activation is null ? null : Activation with { Claim = Of(Activation.Claim), Training = Nearest(Activation.Training) },
        };
    }

    private bool IsDeclared(string symbol) => Sizes.Any(binding => binding.Symbol == symbol);

    private string SymbolText(string symbol, Func<SizeBinding, string> symbolic) => Sizes.FirstOrDefault(binding => binding.Symbol == symbol) is { Symbol: not null } binding
        ? binding.Text is not null ? symbolic(binding) : Evaluate(Size.Symbol(symbol)).ToString(CultureInfo.InvariantCulture)
        : $"{NamesOf.Variable(Input.Name)}.shape[{Input.Axes.ToList().FindIndex(axis => axis.Size == Size.Symbol(symbol))}]";
}

/// <summary>The inference form with a weight in codes, and the fold to it.</summary>
/// <param name="Weight">The codes.</param>
/// <param name="Claim">The training form and the form that decodes them.</param>
/// <param name="Branch">The low-rank term that stays beside the codes, where there is one.</param>
internal sealed record PackedForms(PackedWeight Weight, Claim Claim, LowRankBranch? Branch)
{
    /// <param name="layer">The inference form for a weight: low-rank terms that come after the quantization stay branches.</param>
    public static PackedForms Of(string name, Expr training, PackedWeight packed, EquatableArray<LowRankBranch> branches, Func<Expr, Expr> layer) =>
        new(packed, new Claim(name, training, layer(packed.Decoded), packed.Folds.ToEquatableArray(), []), branches.Count == 0 ? null : branches[0]);
}

/// <summary>The declared value of a size symbol.</summary>
/// <param name="Text">Where it is bound to parameters of the constructor: the size in generated code; the value is then one that stands for all, in estimates only.</param>
internal readonly record struct SizeBinding(string Symbol, long Value, string? Text = null)
{
    /// <summary>A binding of a size that generated code writes as a number or otherwise.</summary>
    public static SizeBinding Of(string symbol, long value, string text) => new(symbol, value, text.All(char.IsDigit) ? null : text);
}
