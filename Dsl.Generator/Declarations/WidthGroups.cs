namespace LayerDsl.Generator.Declarations;

/// <summary>Why a width must stay as it is declared; a later member is the stronger reason.</summary>
internal enum Fixed
{
    None,
    Reshape,
    OtherKind,

    /// <summary>It is the model's own input or output.</summary>
    Border,
}

/// <summary>Values and sides of layers that have the same width, by name. Used while a model is read, and then dropped.</summary>
internal sealed class WidthGroups
{
    private readonly Dictionary<string, string> parents = [];
    private readonly Dictionary<string, Fixed> reasons = [];

    public void Join(string a, string b)
    {
        var (left, right) = (Root(a), Root(b));
        if (left != right)
        {
            parents[right] = left;
            Fix(left, reasons.TryGetValue(right, out var reason) ? reason : Fixed.None);
        }
    }

    public void Fix(string member, Fixed reason)
    {
        var root = Root(member);
        reasons[root] = (Fixed)Math.Max((int)ReasonOf(root), (int)reason);
    }

    public bool Same(string a, string b) => Root(a) == Root(b);

    public bool IsFixed(string member) => ReasonOf(member) != Fixed.None;

    public Fixed ReasonOf(string member) => reasons.TryGetValue(Root(member), out var reason) ? reason : Fixed.None;

    private string Root(string member)
    {
        while (parents.TryGetValue(member, out var parent))
        {
            member = parent;
        }

        return member;
    }
}
