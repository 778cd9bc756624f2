using LayerDsl.Generator.Ir;
using LayerDsl.Generator.Layers;
using LayerDsl.Generator.Scheduling;

namespace LayerDsl.Generator.Emit.Torch;

/// <summary>
/// Tensors are stored with one axis of inputs, as users know them. Where the formulas have blocks of inputs, a pass sees views.
/// </summary>
internal sealed class BlockText
{
    private readonly LayerForms forms;

    public BlockText(LayerForms forms) => this.forms = forms;

    public bool HasBlocks => forms.Weight.Block > 0;

    /// <summary>What makes a matrix with one axis of inputs one with blocks.</summary>
    public string Open => HasBlocks ? OpenAt(1) : string.Empty;

    /// <summary>What makes a weight with blocks one without.</summary>
    public string Close => HasBlocks ? ".flatten(1)" : string.Empty;

    /// <summary>What makes a tensor as the formulas see it one as it is stored.</summary>
    public string CloseOf(Tensor tensor) => IsInBlocks(tensor) ? $".flatten({tensor.Axes.Count - 2})" : string.Empty;

    public bool IsInBlocks(Tensor tensor) => forms.Weight.IsInBlocks(tensor);

    /// <summary>A stored tensor as the formulas see it.</summary>
    public string Seen(Tensor tensor) => NamesOf.Variable(tensor.Name) + (IsInBlocks(tensor) ? OpenAt(tensor.Axes.Count - 2) : string.Empty);

    /// <summary>The declared sizes of a stored tensor.</summary>
    public IEnumerable<string> Sizes(Tensor tensor)
    {
        var sizes = tensor.Axes.Where(axis => !IsInBlocks(tensor) || !forms.Weight.Inputs.Contains(axis)).Select(axis => forms.SizeText(axis.Size));
        return IsInBlocks(tensor) ? sizes.Append(forms.Weight.ColumnsText) : sizes;
    }

    /// <summary>Local variables for the masks that initialization reads in blocks; one over a random start is read as it is stored.</summary>
    public IEnumerable<string> Masks() => forms.Stored
        .Where(stored => IsInBlocks(stored.Tensor) && stored.Tensor.Role == TensorRole.Buffer)
        .Where(stored => !forms.Initialization.Any(step => step is InitStep.MaskedUniform masked && masked.Mask == stored.Tensor))
        .Select(stored => $"var {NamesOf.Variable(stored.Tensor.Name)} = this.{Seen(stored.Tensor)};");

    /// <summary>Local variables, computed once, that a pass over stored tensors needs before it starts.</summary>
    public IEnumerable<string> Locals(Program program) => forms.Stored
        .Where(stored => (IsInBlocks(stored.Tensor) || FactorWriter.Replaces(forms, stored.Tensor)) && program.Inputs.Any(input => input.Name == NamesOf.Variable(stored.Tensor.Name)))
        .Select(stored => $"var {NamesOf.Variable(stored.Tensor.Name)} = this.{Seen(stored.Tensor)};");

    private string OpenAt(int dimension) => $".unflatten({dimension}, {forms.Weight.BlocksText}, {forms.Weight.Block})";
}
