using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Layers;

namespace LayerDsl.Generator.Emit.Torch;

/// <summary>Writes what the class of a layer with a rounded input has beside the others.</summary>
internal static class ActivationWriter
{
    /// <summary>The format of the input's codes.</summary>
    public static IEnumerable<string> Constant(LayerForms forms) => forms.Activation is not { } activation ? [] :
    [
        "/// <summary>How codes stand for inputs.</summary>",
        "private static readonly ActivationFormat InputFormat = " + activation.Rounded.Spec.Text + ";",
        string.Empty,
    ];

    /// <summary>A tensor of the grid as it is when the layer is made.</summary>
    public static string New(StoredTensor stored)
    {
        var start = $"torch.full(Array.Empty<long>(), {TorchFunctions.Number(Rational.FromDouble(stored.Start)).Text}, ScalarType.Float32)";
        return stored.Tensor.Role == TensorRole.Buffer ? start : $"new Parameter({start})";
    }

    /// <summary>The formula of the rounded input.</summary>
    public static string Formula(LayerForms forms)
    {
        var rounded = forms.Activation!.Rounded;
        return ExprPrinter.PrintWithDefinitions(forms.Activation.RoundedTensor.All.ToString(), rounded.Training, rounded.Input.Axes)[0];
    }

    public static void Members(CodeWriter writer, LayerForms forms, Func<Tensor, string> field)
    {
        if (forms.Activation is not { Rounded: { } rounded })
        {
            return;
        }

        var tensors = rounded.Stored.Select(stored => field(stored.Tensor)).ToArray();
        var parameters = tensors.Length switch { 0 => "null, null", 1 => tensors[0] + ", null", _ => string.Join(", ", tensors) };
        writer.Line("/// <inheritdoc/>")
            .Line($"public override ActivationParameters GetActivationParameters() => new(InputFormat, {parameters});")
            .Line()
            .Line("/// <summary>The input on its grid; as it is while there is no grid yet.</summary>")
            .Line($"private Tensor Rounded(Tensor x) => IsInputRounded(x) ? InputPass.Apply({string.Join(", ", tensors.Prepend("x"))}) : x;")
            .Line();
    }

    /// <summary>The bound is of the rounded input.</summary>
    public static IEnumerable<string> Bound(LayerForms forms) =>
        forms.Activation is null ? [] : ["(magnitude, inputError) = BoundOfRounded(magnitude, inputError);"];
}
