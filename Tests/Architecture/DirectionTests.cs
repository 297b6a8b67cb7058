using System.Text.RegularExpressions;
using NUnit.Framework;

namespace TimeSeries.Tests.Architecture;

/// <summary>Which folder of Core may know which, and where the seams to disk and network are, from the usings.</summary>
internal sealed partial class DirectionTests
{
    // The folders of Core from the lowest to the highest, and those that each may use. All of them stand before it.
    private static readonly (string Folder, string[] Allowed)[] _directions =
    [
        ("Hashing", []),
        ("Memory", []),
        ("Threads", []),
        ("Schema", ["Hashing"]),
        ("Model", ["Hashing", "Memory", "Schema"]),
        ("Building", ["Memory", "Model", "Schema"]),
        ("Files", ["Hashing"]),
        ("Log", ["Files", "Hashing", "Model"]),
        ("Codecs", ["Hashing", "Memory", "Model", "Schema"]),
        ("Aggregate", ["Codecs", "Hashing", "Memory", "Model", "Schema", "Threads"]),
        ("Storage/Embedded", ["Aggregate", "Codecs", "Files", "Hashing", "Memory", "Model", "Schema", "Threads"]),
        ("Storage/Influx", ["Aggregate", "Codecs", "Files", "Hashing", "Memory", "Model", "Schema"]),
    ];

    // The seam can't make a file that only its owner may ever have opened.
    private static readonly string[] _fileExceptions = ["Hosting/Projects/SecretFile.cs"];

    [TestCaseSource(nameof(Folders))]
    public void A_folder_of_Core_knows_no_more_than_it_may(string folder)
    {
        string[] allowed = [.. _directions.Single(direction => direction.Folder == folder).Allowed, folder.Split('/')[0]];
        string other = folder.StartsWith("Storage/", StringComparison.Ordinal) ? folder == "Storage/Embedded" ? "Core.Storage.Influx"
            : "Core.Storage.Embedded" : "-";
        IEnumerable<string> faults = InFolder(folder).SelectMany(file => file.Uses
            .Where(used => used.StartsWith("Core.", StringComparison.Ordinal))
            .Where(used => used.StartsWith(other, StringComparison.Ordinal) || !allowed.Contains(used.Split('.')[1]))
            .Select(used => $"{file} uses {used}"));
        Assert.That(faults, Is.Empty);
    }

    [Test]
    public void A_folder_of_Core_uses_only_folders_before_it()
    {
        string[] order = Folders();
        IEnumerable<string> faults = _directions.SelectMany(direction => direction.Allowed
            .Where(allowed => !order.TakeWhile(folder => folder != direction.Folder).Contains(allowed))
            .Select(allowed => $"{direction.Folder} uses {allowed}"));
        Assert.That(faults, Is.Empty);
    }

    [Test]
    public void Every_folder_of_Core_has_a_direction()
    {
        IEnumerable<string> folders = SourceTree.All.Where(file => file.Project == "Core" && file.Folder.Length > 0).Select(file => file.Folder).Distinct();
        Assert.That(folders.Where(folder => !Folders().Any(known => folder == known || folder.StartsWith(known + "/", StringComparison.Ordinal))), Is.Empty);
    }

    [Test]
    public void The_log_knows_of_the_model_only_positions()
    {
        string[] others = [.. SourceTree.All.Where(file => file.Project == "Core" && file.Folder.StartsWith("Model/", StringComparison.Ordinal))
            .SelectMany(file => file.TopLevelTypes.Keys).Where(type => type != "LogPosition")];
        IEnumerable<string> faults = InFolder("Log").SelectMany(file => others
            .Where(type => Regex.IsMatch(file.Code, $@"(?<![\w.]){type}(?!\w)"))
            .Select(type => $"{file} names {type}"));
        Assert.That(faults, Is.Empty);
    }

    [Test]
    public void HTTP_is_called_from_the_agent_webhooks_the_InfluxDB_store_the_warm_up_and_commands_only() =>
        Assert.That(SourceTree.OfProducts.Where(file => file.Code.Contains("HttpClient", StringComparison.Ordinal)
            && !file.RelativePath.StartsWith("Alerting/Notifications/", StringComparison.Ordinal)
            && !file.RelativePath.StartsWith("Agent/Delivery/", StringComparison.Ordinal)
            && !file.RelativePath.StartsWith("Core/Storage/Influx/", StringComparison.Ordinal)
            && !file.RelativePath.StartsWith("Server/WarmUp/", StringComparison.Ordinal)
            && !file.RelativePath.StartsWith("Server/Client/", StringComparison.Ordinal)
            && !file.RelativePath.StartsWith("Server/Probe/", StringComparison.Ordinal)), Is.Empty);

    [Test]
    public void Files_are_touched_behind_their_seam_only() =>
        Assert.That(
            SourceTree.OfProducts.Where(file => FileAccess().IsMatch(file.Code) && !file.RelativePath.StartsWith("Core/Files/", StringComparison.Ordinal))
                .Select(file => file.RelativePath),
            Is.SubsetOf(_fileExceptions));

    private static string[] Folders() => [.. _directions.Select(direction => direction.Folder)];

    private static IEnumerable<SourceFile> InFolder(string folder) => SourceTree.All.Where(file =>
        file.Project == "Core" && (file.Folder == folder || file.Folder.StartsWith(folder + "/", StringComparison.Ordinal)));

    [GeneratedRegex(@"(?<![\w.])File\.|\bnew FileInfo\b|\bFileStream\b|\bRandomAccess\b|(?<![\w.])Directory\.[A-Z]\w+\(|\bMemoryMappedFile\b")]
    private static partial Regex FileAccess();
}
