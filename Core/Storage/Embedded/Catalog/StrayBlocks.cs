using System.Globalization;
using TimeSeries.Core.Files;
using TimeSeries.Core.Storage.Embedded.Blocks.Reading;

namespace TimeSeries.Core.Storage.Embedded.Catalog;

/// <summary>
/// Block files that the manifest does not name. A seal or a merge that was cut leaves such behind: their samples are in the log or in named blocks, and they
/// are deleted. Whatever can't be explained that way may hold the only copy, and is moved to quarantine. Used by one thread at a time.
/// </summary>
/// <param name="context">What the store's parts share.</param>
/// <param name="manifest">The manifest at the start.</param>
/// <param name="paths">The files.</param>
/// <param name="allNamedExist">Whether no file is missing that the manifest names.</param>
internal sealed class StrayBlocks(StoreContext context, Manifest manifest, IReadOnlyList<string> paths, bool allNamedExist)
{
    private readonly HashSet<string> _unexplained = [];

    /// <summary>Decides which are explained, and reports the others.</summary>
    /// <param name="logIsWhole">Whether the log has everything behind what the store has.</param>
    /// <returns>The greatest sequence number in those that are not; −1 without any.</returns>
    public long Report(bool logIsWhole)
    {
        long greatest = -1;
        foreach (string path in paths)
        {
            bool isQuarantined = manifest.Lost.Any(lost => path.EndsWith(lost.FileName, StringComparison.Ordinal));
            BlockEntry? entry = BlockInspection.ReadEntry(context, path);
            if (!isQuarantined && entry is not null && (allNamedExist || entry.FirstNumber > manifest.GreatestNumber)
                && (logIsWhole || entry.LastNumber <= manifest.GreatestNumber))
            {
                continue;
            }

            _unexplained.Add(path);
            greatest = Math.Max(greatest, entry?.LastNumber ?? -1);
            if (!isQuarantined)
            {
                context.Instruments.Damage.Report(new FoundDamage(StoredFile.Block, path, 0, "no manifest names it", LossOf(entry)));
            }
        }

        return greatest;
    }

    /// <summary>Deletes those that are explained, and moves the others to quarantine. A fault is counted; the next start tries again.</summary>
    public void Remove()
    {
        foreach (string path in paths)
        {
            try
            {
                if (_unexplained.Contains(path))
                {
                    context.Quarantine(path);
                }
                else
                {
                    context.Files.Delete(path);
                }
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                context.Instruments.StoreFailures.Add(1);
            }
        }
    }

    private static string LossOf(BlockEntry? entry) => entry is null
        ? "It can't be read, and goes to quarantine/."
        : string.Create(CultureInfo.InvariantCulture, $"Its {BlockCheck.SamplesOf(entry)} may be nowhere else. ")
            + "It goes to quarantine/, from where the command repair takes it back.";
}
