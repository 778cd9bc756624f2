using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Layers;
using Index = LayerDsl.Generator.Ir.Index;

namespace LayerDsl.Generator.Own;

/// <summary>A method applied to a weight: its stored tensors, and its bodies as expressions over them.</summary>
internal sealed class OwnForm
{
    private readonly OwnMethod method;
    private readonly WeightShape shape;
    private readonly Func<string, double> numberOf;
    private readonly string prefix;
    private readonly Dictionary<string, Index> named = [];
    private readonly Dictionary<string, Matrix> parameters = [];
    private readonly Dictionary<string, Tensor> tensors = [];
    private readonly Expr? incoming;

    /// <param name="method">The method.</param>
    /// <param name="shape">The weight.</param>
    /// <param name="incoming">The weight so far; null where the first parameter is stored itself.</param>
    /// <param name="nameOf">The name of the stored tensor of a parameter.</param>
    /// <param name="numberOf">The value of a hyper-parameter.</param>
    /// <param name="prefix">What size symbols of its own start with.</param>
    public OwnForm(OwnMethod method, WeightShape shape, Expr? incoming, Func<string, string> nameOf, Func<string, double> numberOf, string prefix)
    {
        this.method = method;
        this.shape = shape;
        this.numberOf = numberOf;
        this.prefix = prefix;
        this.incoming = incoming;
        foreach (var parameter in method.Parameters)
        {
            Add(parameter, nameOf);
        }
    }

    /// <summary>The tensor of each stored parameter, the first included.</summary>
    public IReadOnlyDictionary<string, Tensor> Tensors => tensors;

    /// <summary>The declared values of its own size symbols.</summary>
    public IEnumerable<SizeBinding> Sizes => method.Hyper.Where(parameter => parameter.Type == "int").Select(parameter => new SizeBinding(method.SymbolOf(parameter.Name, prefix), (long)numberOf(parameter.Name)));

    /// <summary>The method on a linear layer whose sizes are not known.</summary>
    public static OwnForm OfAnySize(OwnMethod method)
    {
        var (o, i) = (new Index("o", Size.Symbol("out")), new Index("i", Size.Symbol("in")));
        double NumberOf(string name) => DefaultOf(method.Hyper.First(parameter => parameter.Name == name));
        return new OwnForm(method, new WeightShape([o, i], [1 << 10, 1 << 10]).SeenBy(method, NumberOf), null, name => name, NumberOf, string.Empty);
    }

    /// <summary>A body that gives the weight, over the weight's axes.</summary>
    /// <exception cref="StepException">It does not fit.</exception>
    public Expr Weight(OwnBody body) => Finish(body, Scope().Evaluate(body) is { Length: 1 } results ? results[0] : null, result =>
    {
        var weight = MatrixAlgebra.Over(result, [shape.Output], [.. shape.Inputs], "the weight");
        return shape.Axes.All(weight.FreeIndices.Contains) ? weight : throw new MatrixException($"the weight is {new Matrix(weight, [shape.Output], [.. shape.Inputs]).SizeText}, but the formula gives the same number along {string.Join(" and ", shape.Axes.Where(axis => !weight.FreeIndices.Contains(axis)).Select(axis => axis.Size))}");
    });

    /// <summary>A body that gives stored parameters, those that it names, from a weight or a gradient of one.</summary>
    /// <param name="body">The body.</param>
    /// <param name="given">What it is given, over the weight's axes.</param>
    /// <exception cref="StepException">It does not fit.</exception>
    public IReadOnlyList<(OwnParameter Parameter, Expr Value)> ParametersOf(OwnBody body, Expr given)
    {
        var wanted = body.Names.Select(name => method.Parameters.First(parameter => parameter.Name == name)).ToArray();
        return Scope().Evaluate(body, new Matrix(given, [shape.Output], [.. shape.Inputs])).Select((result, k) => (wanted[k], Composed(Finish(body, result, value => Over(value, wanted[k]))))).ToArray();
    }

    /// <summary>The weight with the gradients that the user declares, where there are any.</summary>
    /// <exception cref="StepException">A body does not fit.</exception>
    public Expr WeightWithGradient()
    {
        var weight = Composed(Weight(method.Map));
        if (method.Gradient is not { } body)
        {
            return Operators.Name("weight", weight);
        }

        var above = new Tensor("grad_weight", TensorRole.OutputGradient, shape.Axes).All;
        var gradients = ParametersOf(body, above);
        return new Named("weight", weight, new Pullback(above, gradients.Select(pair => Composed(parameters[pair.Parameter.Name].Expr)).ToEquatableArray(), gradients.Select(pair => pair.Value).ToEquatableArray()));
    }

    /// <summary>
    /// With what stands further left in the place of the first parameter. Bodies are evaluated without it, so that whether they fit does not depend on it.
    /// </summary>
    private Expr Composed(Expr expr) => incoming is null ? expr : expr.Inline(tensor => tensor == tensors[method.Parameters[0].Name] ? incoming : null);

    /// <summary>The weight that <c>Inverse</c> and <c>Initialize</c> are given.</summary>
    public Expr Target => shape.Target;

    private static Expr Finish(OwnBody body, Matrix? result, Func<Matrix, Expr> over)
    {
        try
        {
            return result is null ? throw new MatrixException("it gives several values where one is wanted") : over(result);
        }
        catch (Exception exception) when (exception is MatrixException or ShapeException)
        {
            throw new StepException(body.Results[0], exception.Message.TrimEnd('.'));
        }
    }

    private Expr Over(Matrix value, OwnParameter parameter)
    {
        var own = parameters[parameter.Name];
        return parameter == method.Parameters[0] && parameter.Role == OwnRole.Full
            ? MatrixAlgebra.Over(value, [shape.Output], [.. shape.Inputs], "'" + parameter.Name + "'")
            : MatrixAlgebra.Over(value, own.Rows, own.Columns, "'" + parameter.Name + "'");
    }

    private OwnScope Scope() => new(shape, parameters, shape.Axes.Concat(named.Values).Concat(tensors.Values.SelectMany(tensor => tensor.Axes)).Select(axis => axis.Name));

    private void Add(OwnParameter parameter, Func<string, string> nameOf)
    {
        if (!parameter.IsStored)
        {
            parameters[parameter.Name] = parameter.Role == OwnRole.Size ? new Matrix(new SizeValue(SizeOf(parameter.Rows)!.Value), [null], [null])
                : numberOf(parameter.Name) is var number && parameter.Type == "int" && number >= 1 ? Matrix.Of(number, Size.Symbol(method.SymbolOf(parameter.Name, prefix)))
                : Matrix.Of(number);
            return;
        }

        var (rows, columns) = AxesOf(parameter);
        var tensor = new Tensor(nameOf(parameter.Name), parameter.Storage, rows.Concat(columns).OfType<Index>().ToEquatableArray())
        {
            Entries = parameter.Indices.Length > 0 ? SizeOf(parameter.Indices)!.Value : null,
        };
        tensors[parameter.Name] = tensor;
        parameters[parameter.Name] = new Matrix(tensor.All, rows, columns);
    }

    private (IReadOnlyList<Index?> Rows, IReadOnlyList<Index?> Columns) AxesOf(OwnParameter parameter) => parameter.Role switch
    {
        OwnRole.PerRow => ([shape.Output], [null]),
        OwnRole.PerColumn => ([null], [.. shape.Inputs]),
        OwnRole.PerGroup => ([shape.Output], shape.Inputs.Count == 2 ? [shape.Inputs[0], null] : [shape.Inputs[0]]),
        OwnRole.Scalar => ([null], [null]),
        OwnRole.Shaped => AxesOf(parameter.Rows, parameter.Columns),
        _ => ([shape.Output], [.. shape.Inputs]),
    };

    private (IReadOnlyList<Index?> Rows, IReadOnlyList<Index?> Columns) AxesOf(string rows, string columns)
    {
        var first = SideOf(rows, []);
        return (first, columns.Length == 0 ? [null] : SideOf(columns, first));
    }

    /// <summary>The indices of one side of a matrix; where the other side has the same ones, others of the same sizes.</summary>
    private Index?[] SideOf(string size, IReadOnlyList<Index?> other)
    {
        var side = size.Trim() switch { "out" => [shape.Output], "in" => shape.Inputs.ToArray(), var text => [IndexOf(text)] };
        return side.Any(other.Contains) ? side.Select(index => IndexOf(index.Name + "2", index.Size)).ToArray() : side;
    }

    private Index IndexOf(string size) => IndexOf(char.IsLetter(size[0]) ? char.ToLowerInvariant(size[0]).ToString() : "n", SizeOf(size)!.Value);

    private Index IndexOf(string name, Size size)
    {
        while (shape.Axes.Any(axis => axis.Name == name) || (named.TryGetValue(name, out var other) && other.Size != size) || name is "b" or "p" or "q" or "x")
        {
            name += "'";
        }

        return named[name] = new Index(name, size);
    }

    private Size? SizeOf(string text) => SizeReader.Read(text, name => name switch
    {
        "out" => shape.Output.Size,
        "in" => Inputs,
        _ => Size.Symbol(method.SymbolOf(name, prefix)),
    }, (side, divisor) => (side == "out" ? shape.Output.Size : Inputs).DivideBy(divisor));

    private Size Inputs => shape.Inputs.Aggregate(Size.One, (product, axis) => product * axis.Size);

    private static double DefaultOf(OwnParameter parameter) => parameter.Default ?? (parameter.Type == "double" ? 0.5 : 2);
}
