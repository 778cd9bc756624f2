using LayerDsl.Generator.Layers;
using LayerDsl.Generator.Scheduling;

namespace LayerDsl.Generator.Emit.Torch;

/// <summary>Tensors that are made anew for a pass: binary planes, the method that fits them and the lines that call it; what is added before rounding at random.</summary>
internal static class FitWriter
{
    public static void Method(CodeWriter writer, LayerForms forms, LayerPrograms programs, BlockText blocks)
    {
        if (forms.Fit is not { } fit || programs.Fit is not { } program)
        {
            return;
        }

        writer.Line("/// <summary>The planes of signs and their scales, fitted to the weight as it is now.</summary>");
        writer.Block("private (Tensor Signs, Tensor Alphas) FitPlanes()", () => writer
            .Line("using var noGradient = no_grad();")
            .Line("using var scope = NewDisposeScope();")
            .Lines(blocks.Locals(program))
            .Lines(TorchProgramWriter.Write(program, forms.SizeText))
            .Line($"var (signs, alphas) = FitPlanes({program.Results[0].Name}, scaleAxes: {fit.ScaleAxes}, planes: {fit.Planes}, BinaryScales.{fit.Choice});")
            .Line("return (signs.MoveToOuterDisposeScope(), alphas.MoveToOuterDisposeScope());")).Line();
    }

    /// <summary>The tensors as local variables.</summary>
    public static IEnumerable<string> Prelude(LayerForms forms) => forms.Fit is null ? [] : ["var (signs, alphas) = FitPlanes();"];

    /// <summary>The lines in front of a training pass.</summary>
    public static IEnumerable<string> ForwardPrelude(LayerForms forms, string first) => forms.Dither is null
        ? Prelude(forms)
        : [$"var dither = Dither({first}, {string.Join(", ", forms.Weight.Texts)});"];

    /// <summary>The same in double precision.</summary>
    public static IEnumerable<string> BoundPrelude(LayerForms forms) =>
        forms.Fit is null ? [] : [.. Prelude(forms), "(signs, alphas) = (signs.to_type(ScalarType.Float64), alphas.to_type(ScalarType.Float64));"];

    /// <summary>The tensors as further arguments of a pass.</summary>
    public static string Arguments(LayerForms forms) => string.Concat(forms.MadeAnew.Select(tensor => ", " + tensor.Name));
}
