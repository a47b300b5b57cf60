// A detector as the service runs it, whose decisions go nowhere.
import { Detector } from '../dist/core/detector/detector.js';
import { detectorSettings } from '../dist/detection/detector-settings.js';

const nowhere = { opportunity() {}, refusals() {}, spreads() {} };

/** A detector with the settings of a service over the given books. */
export const benchDetector = (settings, books) =>
  new Detector(detectorSettings(settings.detection, 'bench'), books, nowhere);
