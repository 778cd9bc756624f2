using LayerDsl.Generator.Gradients;
using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Layers;

namespace LayerDsl.Generator.Scheduling;

/// <summary>Whether there are steps for the formulas of a layer: users' methods can read parts of a matrix in ways that no step has.</summary>
internal static class Schedulable
{
    /// <summary>Why there are none, in words; null where there are.</summary>
    public static string? Objection(LayerForms forms)
    {
        try
        {
            _ = LayerPrograms.Of(forms, ReverseMode.Differentiate(forms.Pass, LayerPrograms.OutputGradient(forms).All, LayerPrograms.Differentiable(forms)), [], [], []);
            return null;
        }
        catch (ShapeException exception)
        {
            return exception.Message.TrimEnd('.');
        }
    }
}
