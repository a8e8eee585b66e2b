// Whether the server could be reached when it was last asked for something.
import { storeOf } from "./store";

export const { get: isReached, set: noteReach, use: useReached, watch: watchReach } = storeOf(true);
