using System.Text;
using System.Text.Json;
using NUnit.Framework;
using TimeSeries.Tests.Support.Disk;

namespace TimeSeries.Tests.Golden;

/// <summary>Files that a build of long ago made. What today's build makes must equal them; they are never written again (see README.md here).</summary>
internal static class GoldenFile
{
    private const int ShownLines = 40;

    public static string PathOf(string name) => RepositoryFolder.Combine("Tests", "Golden", name);

    public static byte[] Bytes(string name) => File.ReadAllBytes(PathOf(name));

    /// <summary>Compares bytes with a file.</summary>
    public static void Compare(string name, ReadOnlySpan<byte> actual) => CompareBytes(name, Bytes(name), actual);

    /// <summary>Compares bytes; says where the first difference is.</summary>
    public static void CompareBytes(string name, ReadOnlySpan<byte> expected, ReadOnlySpan<byte> actual)
    {
        int same = actual.CommonPrefixLength(expected);
        bool isEqual = same == expected.Length && same == actual.Length;
        string message = $"{name} differs at byte {same} of {expected.Length}, now {actual.Length}: {Near(expected, same)} before, {Near(actual, same)} now.";
        Assert.That(isEqual, Is.True, message);
    }

    /// <summary>Compares texts line by line; shows the lines that are missing (-) and those that are new (+).</summary>
    /// <param name="name">The file.</param>
    /// <param name="actual">The text that must equal it.</param>
    /// <param name="respelled">Gives a line of the file as it is spelled today, where that means the same; the caller says why.</param>
    public static void Compare(string name, string actual, Func<string, string>? respelled = null)
    {
        string expected = Encoding.UTF8.GetString(Bytes(name));
        expected = respelled is null ? expected : string.Join('\n', expected.Split('\n').Select(respelled));
        if (expected == actual)
        {
            return;
        }

        string[] before = expected.Split('\n');
        string[] now = actual.Split('\n');
        IEnumerable<string> lines = before.Except(now).Select(line => "- " + line).Concat(now.Except(before).Select(line => "+ " + line));
        string shown = string.Join('\n', lines.Take(ShownLines));
        Assert.Fail($"{name} differs ({before.Length} lines before, {now.Length} now; order and repeats count too):\n{shown}");
    }

    /// <summary>Compares JSON: members in any order. Names the path of each difference but of additions that are listed.</summary>
    /// <param name="name">The golden file.</param>
    /// <param name="actual">What today's build makes.</param>
    /// <param name="additions">How lines of differences begin that are allowed.</param>
    /// <param name="sets">Names of members that hold lists of texts in any order.</param>
    public static void CompareJson(string name, ReadOnlySpan<byte> actual, string[] additions, string[] sets)
    {
        IEnumerable<string> all = Differences("$", JsonElement.Parse(Bytes(name)), JsonElement.Parse(actual), sets);
        string[] differences = [.. all.Where(line => !additions.Any(line.StartsWith))];
        Assert.That(differences, Is.Empty, $"{name} differs:\n{string.Join('\n', differences.Take(ShownLines))}");
    }

    private static IEnumerable<string> Differences(string path, JsonElement before, JsonElement now, string[] sets)
    {
        if (before.ValueKind == JsonValueKind.Object && now.ValueKind == JsonValueKind.Object)
        {
            string[] names = [.. before.EnumerateObject().Concat(now.EnumerateObject()).Select(member => member.Name).Distinct()];
            return names.SelectMany(name => (before.TryGetProperty(name, out JsonElement left), now.TryGetProperty(name, out JsonElement right)) switch
            {
                (true, true) => sets.Contains(name) && IsSameSet(left, right) ? [] : Differences($"{path}.{name}", left, right, sets),
                (true, false) => [$"{path}.{name} is missing"],
                _ => [$"{path}.{name} was added"],
            });
        }

        if (before.ValueKind == JsonValueKind.Array && now.ValueKind == JsonValueKind.Array && before.GetArrayLength() == now.GetArrayLength())
        {
            return before.EnumerateArray().Zip(now.EnumerateArray())
                .SelectMany((pair, index) => Differences($"{path}[{index}]", pair.First, pair.Second, sets));
        }

        return JsonElement.DeepEquals(before, now) ? [] : [$"{path} was {before.GetRawText()}, is {now.GetRawText()}"];
    }

    private static bool IsSameSet(JsonElement before, JsonElement now) =>
        before.ValueKind == JsonValueKind.Array && now.ValueKind == JsonValueKind.Array
        && before.EnumerateArray().Select(text => text.GetString()).Order().SequenceEqual(now.EnumerateArray().Select(text => text.GetString()).Order());

    private static string Near(ReadOnlySpan<byte> bytes, int position) => Convert.ToHexString(bytes.Slice(position, Math.Min(16, bytes.Length - position)));
}
