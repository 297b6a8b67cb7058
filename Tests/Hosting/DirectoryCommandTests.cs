using System.Diagnostics;
using NUnit.Framework;
using TimeSeries.Tests.Golden;
using TimeSeries.Tests.Support.Disk;
using TimeSeries.Tests.Support.Hosts;

namespace TimeSeries.Tests.Hosting;

/// <summary>The commands of the Server for a data directory, as a process.</summary>
public sealed class DirectoryCommandTests
{
    [Test]
    public async Task Verify_finds_what_repair_puts_right()
    {
        using TemporaryFolder folder = new();
        string directory = GoldenDirectory.Unpack(folder);
        Assert.That(await RunAsync("verify", directory), Is.EqualTo((0, "Damaged places: 0. Samples lost: 0.")));

        string block = Directory.GetFiles(Path.Combine(directory, "blocks")).MaxBy(path => new FileInfo(path).Length)!;
        byte[] bytes = await File.ReadAllBytesAsync(block);
        bytes[30] ^= 1;
        await File.WriteAllBytesAsync(block, bytes);
        (int status, string verified) = await RunAsync("verify", directory);
        Assert.That(status, Is.EqualTo(2));
        Assert.That(verified, Does.StartWith("Damaged places: 1. Samples lost: ").And.Not.EndsWith(" 0."));
        Assert.That(await File.ReadAllBytesAsync(block), Is.EqualTo(bytes));

        Assert.That(await RunAsync("repair", directory), Is.EqualTo((0, verified)));
        Assert.That(await RunAsync("verify", directory), Is.EqualTo((0, "Damaged places: 0. Samples lost: 0.")));
        Assert.That(File.Exists(Path.Combine(directory, "quarantine", Path.GetFileName(block))), Is.True);
    }

    [Test]
    public async Task A_directory_without_files_is_none_to_verify()
    {
        using TemporaryFolder folder = new();
        Assert.That(await RunAsync("verify", folder), Is.EqualTo((1, "")));
        Assert.That(Directory.GetFileSystemEntries(folder), Is.Empty);
    }

    // Returns the exit code and the last line.
    private static async Task<(int Status, string LastLine)> RunAsync(string command, string directory)
    {
        string[] arguments = [ServerProcess.HostFile("Server"), command, directory];
        ProcessStartInfo start = new("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.WorkingDirectory = Path.GetTempPath();
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        TestContext.Out.WriteLine(output + await errors);
        return (process.ExitCode, output.Split('\n', StringSplitOptions.RemoveEmptyEntries).LastOrDefault(""));
    }
}
