using LayerDsl.Generator.Scheduling;

namespace LayerDsl.Tests.Scheduling;

/// <summary>The launch of a product follows its sizes.</summary>
public sealed class DeviceLaunchTests
{
    [Theory]
    [InlineData(512, 784, 64, 32)]
    [InlineData(4096, 4096, 64, 128)]
    [InlineData(40, 2048, 64, 64)]
    [InlineData(20, 64, 32, 32)]
    [InlineData(10, 512, 16, 32)]
    [InlineData(1, 1, 16, 32)]
    public void Squares_waste_little_and_threads_have_work(int outputs, int columns, int tile, int dotThreads)
    {
        var launch = DeviceLaunch.Of(outputs, columns);

        Assert.Equal((tile, dotThreads, 8), (launch.Tile, launch.DotThreads, launch.DotRows));
    }

    [Theory]
    [InlineData(64, 256, 17408)]
    [InlineData(32, 64, 9216)]
    [InlineData(16, 16, 5120)]
    public void What_the_header_says_of_threads_and_memory_is_what_the_runtime_takes(int tile, int threads, int bytes)
    {
        var launch = new DeviceLaunch(tile, 32, 8);

        Assert.Equal((threads, bytes), (launch.TileThreads, launch.SharedBytes));
        Assert.Equal((threads, bytes), (LayerDsl.Ilgpu.LaunchConfiguration.ThreadsOf(tile), LayerDsl.Ilgpu.LaunchConfiguration.SharedBytesOf(tile)));
    }
}
