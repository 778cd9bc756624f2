namespace LayerDsl.Ilgpu.Inputs;

/// <summary>Where the columns of patches lie: made once, so that no kernel takes an index apart.</summary>
internal static class PatchTables
{
    /// <summary>For each element (channel, u, v) of a kernel: its offset in an image, down, and to the right.</summary>
    public static int[] Elements(Conv2dGeometry geometry, int height, int width)
    {
        var (size, dilation) = (geometry.KernelSize, geometry.Dilation);
        var entries = new int[Patches.Entries * geometry.InputsPerOutput];
        for (var column = 0; column < geometry.InputsPerOutput; column++)
        {
            var (channel, element) = (column / (size * size), column % (size * size));
            var (down, right) = (element / size * dilation, element % size * dilation);
            entries[Patches.Entries * column] = (channel * height * width) + (down * width) + right;
            entries[(Patches.Entries * column) + 1] = down;
            entries[(Patches.Entries * column) + 2] = right;
        }

        return entries;
    }

    /// <summary>For each (output, u, v) of a group: the start of the output's plane, the element's offset down, and to the right.</summary>
    public static int[] Outputs(Conv2dGeometry geometry, int positions)
    {
        var (size, dilation) = (geometry.KernelSize, geometry.Dilation);
        var columns = geometry.OutChannels / geometry.Groups * size * size;
        var entries = new int[Patches.Entries * columns];
        for (var column = 0; column < columns; column++)
        {
            var (output, element) = (column / (size * size), column % (size * size));
            entries[Patches.Entries * column] = output * positions;
            entries[(Patches.Entries * column) + 1] = element / size * dilation;
            entries[(Patches.Entries * column) + 2] = element % size * dilation;
        }

        return entries;
    }

    /// <summary>For each (output, u, v) of a group its place in the kernel, of the first channel.</summary>
    public static int[] KernelPlaces(Conv2dGeometry geometry)
    {
        var size = geometry.KernelSize * geometry.KernelSize;
        return [.. Enumerable.Range(0, geometry.OutChannels / geometry.Groups * size).Select(column => (column / size * geometry.InputsPerOutput) + (column % size))];
    }
}
