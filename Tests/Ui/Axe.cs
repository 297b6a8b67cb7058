using System.Text.Json;
using Microsoft.Playwright;
using NUnit.Framework;

namespace TimeSeries.Tests.Ui;

/// <summary>axe-core, which checks names, roles, order and contrast of what a page shows.</summary>
internal sealed class Axe
{
    private readonly string _script = File.ReadAllText(FileName());

    /// <summary>The serious findings, a line each.</summary>
    public async Task<string[]> CheckAsync(IPage page)
    {
        if (!await page.EvaluateAsync<bool>("'axe' in window"))
        {
            await page.EvaluateAsync(_script);
        }

        using JsonDocument found = JsonDocument.Parse(await page.EvaluateAsync<string>(
            "async () => { const found = await axe.run(); return JSON.stringify({ passes: found.passes.length, violations: found.violations }); }"));
        Assert.That(found.RootElement.GetProperty("passes").GetInt32(), Is.GreaterThan(10));
        return
        [
            .. from violation in found.RootElement.GetProperty("violations").EnumerateArray()
               where violation.GetProperty("impact").GetString() is "serious" or "critical"
               from node in violation.GetProperty("nodes").EnumerateArray()
               select $"{page.Url}: {violation.GetProperty("id")} {node.GetProperty("html")} {node.GetProperty("failureSummary")}",
        ];
    }

    private static string FileName()
    {
        string[] folders = (Environment.GetEnvironmentVariable("NODE_PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        string? file = folders.Select(folder => Path.Combine(folder, "axe-core", "axe.min.js")).FirstOrDefault(File.Exists);
        Assert.That(file, Is.Not.Null, "NODE_PATH has no axe-core; npm ci in Tests/Apps/node, and NODE_PATH names its node_modules.");
        return file!;
    }
}
