using LayerDsl.Generator.Layers;
using LayerDsl.Generator.Reparams.Quantization;
using LayerDsl.Generator.Scheduling;

namespace LayerDsl.Generator.Emit.Ilgpu.Training;

/// <summary>Writes how a layer rounds its input before its own passes, which then take the rounded input for x, and how gradients go back through that.</summary>
internal sealed class InputRoundingWriter(CodeWriter writer, LayerForms forms, DeviceTraining passes, ValuePlaces places, LaunchWriter launches, KernelText text)
{
    private string[] forward = [];
    private string[] backward = [];
    private string[] inputGradient = [];

    /// <summary>The fields beside those of the values.</summary>
    public IEnumerable<string> Fields => passes.Input is null ? [] : [$"private readonly RowValues {places.RoundedGradient};", string.Empty, "private bool isInputRounded;", string.Empty];

    /// <summary>The lines of the constructor.</summary>
    public IEnumerable<string> Made => passes.Input is not { } input ? [] :
        [$"{places.RoundedGradient} = NewRowValues();", .. input.Gradients.Select(gradient => $"SetGradient({FieldOf(gradient)}, {places.InputBackward[gradient.Value.Name].Text});")];

    private RoundedInput Rounded => forms.Activation!.Rounded;

    /// <summary>Gives the kernels their names.</summary>
    public void Prepare()
    {
        if (passes.Input is { } input)
        {
            forward = [.. launches.Lines(input.Forward, places.InputForward)];
            backward = [.. launches.Lines(input.Backward, places.InputBackward)];
            var made = places.InputBackward[input.GradX.Name].Text;
            inputGradient = [.. launches.Lines(input.InputGradient, places.InputBackward), .. made == "gradUnrounded" ? Array.Empty<string>() : [$"Copy({made}, gradUnrounded);"]];
        }
    }

    /// <summary>Before the forward pass: x becomes the rounded input.</summary>
    public void Forward()
    {
        if (passes.Input is not { } input)
        {
            return;
        }

        writer.Line($"isInputRounded = {HasGrid()};");
        writer.Block("if (isInputRounded)", () => writer
            .Lines(Views(input.Forward, places.InputForward))
            .Lines(forward)
            .Line($"x = {places.InputForward[input.Rounded.Name].Text};")).Line();
    }

    /// <summary>Before the backward pass: x and its gradient are those of the rounded input.</summary>
    public void BeforeBackward()
    {
        if (passes.Input is not { } input)
        {
            return;
        }

        var place = places.InputForward[input.Rounded.Name];
        writer.Line("var (unrounded, gradUnrounded) = (x, gradX);");
        writer.Block(input.Gradients.Count > 0 ? "if (isInputRounded)" : "if (isInputRounded && gradX.Length > 0)", () => writer.Line($"gradX = {places.RoundedGradient}.View({text.Count(place.Value.Axes)});")).Line();
        writer.Block("if (isInputRounded)", () => writer.Line($"x = {place.Field}.View({text.Count(place.Value.Axes)});")).Line();
    }

    /// <summary>After it: gradients of what the grid learns, and of the input.</summary>
    public void AfterBackward()
    {
        if (passes.Input is not { } input)
        {
            return;
        }

        writer.Line();
        writer.Block("if (isInputRounded)", () =>
        {
            var needed = input.Gradients.Count > 0 ? input.Backward.Concat(input.InputGradient) : input.InputGradient;
            writer.Lines(Views(needed, places.InputBackward)).Lines(backward);
            writer.Block("if (gradUnrounded.Length > 0)", () => writer.Lines(inputGradient));
        });
        if (input.Gradients.Count > 0)
        {
            writer.Block("else", () => writer.Lines(input.Gradients.Select(gradient => $"Clear({places.InputBackward[gradient.Value.Name].Text});")));
        }
    }

    private string HasGrid()
    {
        if (Rounded.Stored.Count == 0)
        {
            return "true";
        }

        var scale = places.Stored[NamesOf.Variable(Rounded.Stored[0].Tensor.Name)];
        return $"HasGrid({scale})" + (Rounded.Spec.Scheme == "Lsq" ? $" || StartGrid({scale}, x, highest: {KernelText.Number(Rounded.Spec.Highest)})" : string.Empty);
    }

    private IEnumerable<string> Views(IEnumerable<DeviceStep> steps, IReadOnlyDictionary<string, ValuePlace> known)
    {
        var named = new HashSet<string>(steps.SelectMany(TrainedLayerEmitter.Names));
        return known.Where(pair => named.Contains(pair.Key) && pair.Value.Field is not null && places.IsPerRow(pair.Value)).Select(pair => $"var {pair.Value.Text} = {pair.Value.Field}.View({text.Count(pair.Value.Value.Axes)});").Distinct();
    }

    private string FieldOf(TensorGradient gradient) => places.Stored[NamesOf.Variable(gradient.Tensor.Name)];
}
