using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using NUnit.Framework;
using TimeSeries.Hosting.Running;

namespace TimeSeries.Tests.Hosting;

public sealed class HostSetupTests
{
    [TestCase(TestName = "Settings files are not watched, since the folder that has them may have the storage directory too")]
    [TestCase("--help", TestName = "Nor are they when the host only tells what it can")]
    public void SettingsAreReadOnce(params string[] args)
    {
        WebApplicationBuilder builder = HostSetup.CreateBuilder(args);
        List<FileConfigurationSource> files = [.. ((IConfigurationBuilder)builder.Configuration).Sources.OfType<FileConfigurationSource>()];
        Assert.That(files, Is.Not.Empty);
        Assert.That(files.Select(file => file.ReloadOnChange), Is.All.False);
    }
}
