using System.Globalization;
using LayerDsl.Generator.Forward;
using LayerDsl.Generator.Layers;
using LayerDsl.Generator.Scheduling;

namespace LayerDsl.Generator.Emit.Ilgpu;

/// <summary>A layer on a device, and the steps that call it: once for each size of image.</summary>
/// <param name="Layer">The layer.</param>
/// <param name="Number">Its number among the folded layers.</param>
/// <param name="Field">The field that holds it.</param>
/// <param name="Steps">The steps that call it.</param>
/// <param name="Applied">The function that it applies to its outputs.</param>
/// <param name="Image">The image, where it works on images of one size.</param>
internal sealed record DeviceCall(LayerShape Layer, int Number, string Field, EquatableArray<int> Steps, Activation? Applied, EquatableArray<int>? Image)
{
    /// <summary>How its products are launched; null where it has none.</summary>
    public DeviceLaunch? Launch { get; } = DeviceLaunch.Of(Layer);

    /// <summary>The runtime's class.</summary>
    public string DeviceType => Layer is RowNormShape ? "DeviceRowNorm" : "Device" + Layer.Kind;

    /// <summary>What follows the folded layer where it is uploaded.</summary>
    public string UploadArguments =>
        (Image is { } image ? $", height: {Text(image[1])}, width: {Text(image[2])}" : string.Empty)
        + (Launch is { } launch ? $", new LaunchConfiguration(Tile: {Text(launch.Tile)}, DotThreads: {Text(launch.DotThreads)}, DotRows: {Text(launch.DotRows)}), DeviceActivation.{Applied?.ToString() ?? "None"}" : string.Empty);

    public static List<DeviceCall> Of(DevicePlan device, EquatableArray<LayerShape> layers, NameScope names)
    {
        var steps = device.Program.Steps.Select((step, number) => (Layer: step as ForwardStep.Layer, number)).Where(step => step.Layer is not null).ToArray();
        return steps
            .GroupBy(step => (step.Layer!.Name, Image: ImageOf(device.Program, step.Layer, layers)))
            .Select(group => new DeviceCall(
                layers.First(layer => layer.Name == group.Key.Name),
                layers.AsImmutableArray().ToList().FindIndex(layer => layer.Name == group.Key.Name),
                names.Variable(group.Key.Name + "Layer"),
                group.Select(step => step.number).ToEquatableArray(),
                device.Applied.TryGetValue(group.First().number, out var function) ? function : null,
                group.Key.Image))
            .ToList();
    }

    private static EquatableArray<int>? ImageOf(ForwardProgram program, ForwardStep.Layer step, EquatableArray<LayerShape> layers) =>
        layers.First(layer => layer.Name == step.Name) is Conv2dShape or BatchNormShape { OfImages: true } ? program.ShapeOf(step.Argument) : null;

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
