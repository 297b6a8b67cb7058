using System.Diagnostics;
using NUnit.Framework;
using TimeSeries.Tests.Support.Disk;
using TimeSeries.Tests.Support.Hosts;

namespace TimeSeries.Tests.Hosting;

/// <summary>A Server as a program, in a working directory with a file of settings.</summary>
public sealed class SettingsFileTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [TestCase("{ \"Storage\": { bad", "'b' is an invalid start of a property name")]
    [TestCase("", "does not contain any JSON tokens")]
    [TestCase("[1]", "Top-level JSON element must be an object")]
    [TestCase("{\"Storage\":{\"Kind\":1},\"storage\":{\"kind\":2}}", "duplicate key")]
    public async Task A_file_that_is_no_JSON_ends_the_start_in_a_sentence_with_its_name_and_the_place(string text, string reason)
    {
        await File.WriteAllTextAsync(_folder["appsettings.json"], text);
        (int code, string output, string errors) = await RunAsync();

        Assert.That((code, output), Is.EqualTo((1, "")));
        Assert.That(errors, Does.Contain(_folder["appsettings.json"]).And.Contain(reason).And.Not.Contain("   at "));
        Assert.That(errors.TrimEnd().Split('\n'), Has.Length.EqualTo(1));
    }

    [TestCase("appsettings.json")]
    [TestCase("appsettings.json/data")]
    public async Task A_directory_that_can_not_be_one_is_named_in_a_sentence(string directory)
    {
        await File.WriteAllTextAsync(_folder["appsettings.json"], "{}");
        (int code, _, string errors) = await RunAsync("--Storage:Directory=" + directory);

        Assert.That(code, Is.EqualTo(1));
        Assert.That(errors, Does.StartWith($"The storage directory {_folder[directory]} can't be used: ").And.Not.Contain("   at "));
    }

    [Test]
    public async Task The_log_is_JSON_where_that_is_configured()
    {
        await File.WriteAllTextAsync(_folder["appsettings.json"], "{\"Logging\":{\"Console\":{\"FormatterName\":\"json\"}}}");
        using Process process = Start("--Projects:0:Pcode=1", "--Projects:0:Tokens:0:Secret=a-token-of-this-test");
        string? line = await process.StandardOutput.ReadLineAsync();
        process.Kill();
        await process.WaitForExitAsync();

        Assert.That(line, Does.StartWith("{\"Timestamp\":"));
    }

    private Process Start(params string[] options)
    {
        return Process.Start(new ProcessStartInfo("dotnet", [ServerProcess.HostFile("Server"), "--urls=http://127.0.0.1:0", .. options])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _folder.FullName,
        })!;
    }

    private async Task<(int Code, string Output, string Errors)> RunAsync(params string[] options)
    {
        using Process process = Start(options);
        string output = await process.StandardOutput.ReadToEndAsync();
        string errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output, errors);
    }
}
