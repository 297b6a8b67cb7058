using System.Numerics;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using NUnit.Framework;

namespace TimeSeries.Tests.Codecs;

/// <summary>
/// Codecs and checksums are tested twice: as the processor allows, and with <c>DOTNET_EnableHWIntrinsic=0</c>, which leaves the scalar paths only.
/// </summary>
public sealed class ScalarPathTests
{
    // Every switch that code here asks for, and the one that the framework's CRC-32C asks for.
    private static readonly (string Name, bool On)[] _extensions =
    [
        ("Vector", Vector.IsHardwareAccelerated),
        ("Vector128", Vector128.IsHardwareAccelerated),
        ("Vector256", Vector256.IsHardwareAccelerated),
        ("Aes", Aes.IsSupported),
        ("Sse42", Sse42.IsSupported),
        ("Avx512Vbmi", Avx512Vbmi.IsSupported),
    ];

    [Test]
    public void Scalar_paths_run_where_the_extensions_of_the_processor_are_switched_off_and_vectors_elsewhere()
    {
        IEnumerable<string> on = _extensions.Where(extension => extension.On).Select(extension => extension.Name);
        if (Environment.GetEnvironmentVariable("DOTNET_EnableHWIntrinsic") == "0")
        {
            Assert.That(on, Is.Empty);
        }
        else
        {
            Assert.That(on, Does.Contain("Vector128"));
        }
    }
}
