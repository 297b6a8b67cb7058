using TimeSeries.Alerting.Evaluation;
using TimeSeries.Core.Files;
using TimeSeries.Core.Model.Ports;

namespace TimeSeries.Simulation.Node;

/// <summary>What stands between the parts of a node and what they use. Faults are planted here, so that no product code has a switch for them.</summary>
internal class NodeSeams
{
    /// <summary>The disk as the node sees it.</summary>
    public virtual IFileSystem Disk(IFileSystem disk) => disk;

    /// <summary>The store as the recovery of the log sees it.</summary>
    public virtual ISampleStore RecoveryStore(ISampleStore store) => store;

    /// <summary>The store as queries see it.</summary>
    public virtual ISampleReader Reader(ISampleReader reader) => reader;

    /// <summary>Where pushes go in.</summary>
    public virtual IBatchSubmitter Submitter(IBatchSubmitter submitter) => submitter;

    /// <summary>Where alerts of rules go in.</summary>
    public virtual IAlertWriter AlertWriter(IAlertWriter writer) => writer;
}
