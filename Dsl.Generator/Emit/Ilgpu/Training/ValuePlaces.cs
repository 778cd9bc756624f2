using LayerDsl.Generator.Layers;
using LayerDsl.Generator.Scheduling;

namespace LayerDsl.Generator.Emit.Ilgpu.Training;

/// <summary>Where a value of a pass lies.</summary>
/// <param name="Text">The view, in the method of the pass.</param>
/// <param name="Field">The field that holds its memory; null where it is an argument, a stored tensor or another value's.</param>
/// <param name="Value">The value.</param>
internal sealed record ValuePlace(string Text, string? Field, Value Value);

/// <summary>The memory of the values of a layer's passes: what the batch does not change is allocated once, values of each row with the largest batch.</summary>
internal sealed class ValuePlaces
{
    private readonly KernelText text;
    private readonly NameScope names;
    private readonly Dictionary<string, ValuePlace> inputs = [];

    public ValuePlaces(LayerForms forms, DeviceTraining passes, KernelText text, NameScope names)
    {
        (this.text, this.names) = (text, names);
        Stored = DeviceTraining.Stored(forms).ToDictionary(stored => NamesOf.Variable(stored.Tensor.Name), stored => names.Variable(stored.Tensor.Name));
        foreach (var pair in Stored)
        {
            inputs[pair.Key] = new ValuePlace(pair.Value + ".Values", null, new Value(pair.Key, []));
        }

        foreach (var tensor in forms.MadeAnew)
        {
            var name = names.Variable(tensor.Name);
            inputs[NamesOf.Variable(tensor.Name)] = new ValuePlace(name, name, new Value(tensor.Name, tensor.Axes));
        }

        if (passes.Factors is { } product)
        {
            var name = names.Variable(DeviceTraining.Factored);
            inputs[DeviceTraining.Factored] = new ValuePlace(name, name, product.Product);
        }

        foreach (var argument in new[] { NamesOf.Variable(forms.Input.Name), "gradY" })
        {
            inputs[argument] = new ValuePlace(argument, null, new Value(argument, []));
        }

        Forward = Of(passes.Forward, new Dictionary<string, ValuePlace>(), "y", null);
        var gradX = passes.GradX is { } wanted && passes.InputGradient.SelectMany(Made).Any(made => made.Value.Name == wanted.Name) ? wanted.Name : null;
        Backward = Of(passes.Backward.Concat(passes.InputGradient), passes.Kept.Where(value => Forward.ContainsKey(value.Name)).ToDictionary(value => value.Name, value => Forward[value.Name]), null, gradX);
        Updates = Of(passes.Updates, new Dictionary<string, ValuePlace>(), null, null);
        Fit = Of(passes.Fit, new Dictionary<string, ValuePlace>(), null, null);
        if (passes.Factors is { } factors)
        {
            FactorForward = Of(factors.Forward, new Dictionary<string, ValuePlace> { [factors.Product.Name] = inputs[DeviceTraining.Factored] }, null, null);
            FactorBackward = Of(factors.Backward, new Dictionary<string, ValuePlace> { ["gradY"] = Backward[factors.GradProduct.Name] }, null, null);
        }

        if (passes.Input is { } input)
        {
            InputForward = Of(input.Forward, new Dictionary<string, ValuePlace>(), null, null);
            var made = input.Backward.Concat(input.InputGradient).ToArray();
            var above = new Dictionary<string, ValuePlace>
            {
                [NamesOf.Variable(forms.Input.Name)] = new("unrounded", null, new Value("unrounded", [])),
                ["gradY"] = new("gradX", null, new Value("gradX", [])),
            };
            InputBackward = Of(made, above, null, made.SelectMany(Made).Any(value => value.Value.Name == input.GradX.Name) ? input.GradX.Name : null, "gradUnrounded");
            RoundedGradient = names.Variable("gradRounded", "Rows") + "Rows";
        }
    }

    /// <summary>The values that binary planes are fitted to.</summary>
    public IReadOnlyDictionary<string, ValuePlace> Fit { get; }

    /// <summary>The values that the rounded input is made of.</summary>
    public IReadOnlyDictionary<string, ValuePlace> InputForward { get; } = new Dictionary<string, ValuePlace>();

    /// <summary>The values of the gradients through the rounding of the input.</summary>
    public IReadOnlyDictionary<string, ValuePlace> InputBackward { get; } = new Dictionary<string, ValuePlace>();

    /// <summary>The field of the gradient of the rounded input.</summary>
    public string? RoundedGradient { get; }

    /// <summary>The field of each stored tensor.</summary>
    public IReadOnlyDictionary<string, string> Stored { get; }

    /// <summary>The values of the forward pass.</summary>
    public IReadOnlyDictionary<string, ValuePlace> Forward { get; }

    /// <summary>The values of the backward pass.</summary>
    public IReadOnlyDictionary<string, ValuePlace> Backward { get; }

    /// <summary>The values that buffers are made of.</summary>
    public IReadOnlyDictionary<string, ValuePlace> Updates { get; }

    /// <summary>The values that a weight is multiplied from.</summary>
    public IReadOnlyDictionary<string, ValuePlace> FactorForward { get; } = new Dictionary<string, ValuePlace>();

    /// <summary>The values of the gradients of its factors.</summary>
    public IReadOnlyDictionary<string, ValuePlace> FactorBackward { get; } = new Dictionary<string, ValuePlace>();

    /// <summary>All memory, each once.</summary>
    public IEnumerable<ValuePlace> Memory => Updates.Values.Concat(FactorForward.Values).Concat(FactorBackward.Values).Concat(Fit.Values).Concat(InputForward.Values).Concat(InputBackward.Values).Concat(Forward.Values).Concat(Backward.Values).Where(place => place.Field is not null).GroupBy(place => place.Field).Select(group => group.First());

    /// <summary>Whether memory is allocated with the batch.</summary>
    public bool IsPerRow(ValuePlace place) => text.IsPerRow(place.Value.Axes);

    private Dictionary<string, ValuePlace> Of(IEnumerable<DeviceStep> steps, IReadOnlyDictionary<string, ValuePlace> given, string? output, string? gradX, string inputGradient = "gradX")
    {
        var places = inputs.ToDictionary(pair => pair.Key, pair => pair.Value);
        foreach (var pair in given)
        {
            places[pair.Key] = pair.Value;
        }

        foreach (var (value, over) in steps.SelectMany(Made))
        {
            if (value.Name == output || value.Name == gradX)
            {
                places[value.Name] = new ValuePlace(output ?? inputGradient, null, value);
            }
            else if (over is not null)
            {
                places[value.Name] = places[over] with { Value = value };
            }
            else if (!places.ContainsKey(value.Name))
            {
                var name = names.Variable(value.Name, "Rows");
                places[value.Name] = new ValuePlace(name, text.IsPerRow(value.Axes) ? name + "Rows" : name, value);
            }
        }

        return places;
    }

    private static IEnumerable<(Value Value, string? Over)> Made(DeviceStep step) => step switch
    {
        DeviceStep.Copy copy => [(copy.Result, null)],
        DeviceStep.Product product => [(product.Result, null)],
        DeviceStep.Convolve convolve => [(convolve.Result, null)],
        DeviceStep.Placed placed => [(placed.Result, null)],
        DeviceStep.Invert invert => [(invert.Result, null), (invert.Work, null)],
        DeviceStep.Gather gather => [(gather.Result, null)],
        DeviceStep.Scatter scatter => [(scatter.Result, null)],
        DeviceStep.Points points => points.Computed.Select(compute => (compute.Result, (string?)null)),
        DeviceStep.Reduce reduce => [(reduce.Fold.Result, null)],
        DeviceStep.Rows rows => rows.Kernel.Outputs.Select(output => (output.Value, output.Over)),
        _ => [],
    };
}
